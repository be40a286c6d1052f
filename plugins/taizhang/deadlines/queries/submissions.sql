-- Files that were held back, refused or returned by a reviewer and that nothing has replaced, with the file that says why.
with answered as (
    select
        submission.submission_id,
        submission.unit_code,
        submission.report_month,
        submission.file_name,
        submission.state,
        submission.reason_zh,
        coalesce(submission.filed_on, (submission.received_at at time zone 'Asia/Shanghai')::date) as filed_on,
        submission.received_at
    from ops.submission
    where submission.state in ('quarantined', 'refused', 'returned')
),

current as (
    select answered.*
    from answered
    where
        answered.filed_on between cast(:since as date) and :day
        and not exists (
            select 1
            from ops.submission as later
            where
                later.unit_code = answered.unit_code
                and later.report_month = answered.report_month
                and later.state <> 'withdrawn'
                and (later.received_at, later.submission_id) > (answered.received_at, answered.submission_id)
                and coalesce(later.filed_on, (later.received_at at time zone 'Asia/Shanghai')::date) <= :day
        )
),

given as (
    select distinct on (feedback.submission_id)
        feedback.submission_id,
        feedback.feedback_id,
        feedback.file,
        feedback.finding_count
    from audit.feedback
    inner join current on feedback.submission_id = current.submission_id
    order by feedback.submission_id, feedback.feedback_id desc
)

insert into matter (family, kind, unit_code, report_month, subject, label, since, stage, detail)
select
    case when current.unit_code is null then 'operators' else 'submission' end as family,
    case current.state
        when 'refused' then 'submission_refused'
        when 'returned' then 'submission_returned'
        else 'submission_held_back'
    end as kind,
    current.unit_code,
    current.report_month,
    'submission:' || current.submission_id as subject,
    current.file_name as label,
    current.filed_on as since,
    coalesce(given.feedback_id::text, 'none') as stage,
    jsonb_strip_nulls(
        jsonb_build_object(
            'feedback', given.file, 'finding_count', given.finding_count, 'reason', current.reason_zh
        )
    ) as detail
from current
left join given on current.submission_id = given.submission_id

-- What was to be filed and does not stand accepted, as of a day: what lies in the inbox of that day counts as filed.
with units as (
    select *
    from jsonb_to_recordset(cast(:units as jsonb)) as unit (
        unit_code text, unit_name text, unit_kind text, valid_from date, valid_to date
    )
),

due as (
    select *
    from jsonb_to_recordset(cast(:due as jsonb)) as due (
        unit_kind text, report_month date, opens_on date, due_on date
    )
),

expected as (
    select
        units.unit_code,
        units.unit_name,
        due.report_month,
        due.opens_on,
        due.due_on
    from units
    inner join due on units.unit_kind = due.unit_kind
    where
        units.valid_from <= due.report_month
        and (units.valid_to is null or due.report_month < units.valid_to)
),

filed as (
    select
        expected.unit_code,
        expected.report_month,
        (array_agg(submission.state order by submission.received_at desc, submission.submission_id desc))[1]
            as last_state,
        bool_or(submission.state not in ('quarantined', 'refused', 'returned')) as is_taken
    from expected
    inner join ops.submission
        on expected.unit_code = submission.unit_code and expected.report_month = submission.report_month
    where
        submission.state <> 'withdrawn'
        and coalesce(submission.filed_on, (submission.received_at at time zone 'Asia/Shanghai')::date) <= :day
    group by expected.unit_code, expected.report_month
),

standing as (
    select
        expected.*,
        case filed.last_state
            when 'quarantined' then 'filing_held_back'
            when 'returned' then 'filing_returned'
            when 'refused' then 'filing_refused'
            else 'filing_missing'
        end as standing
    from expected
    left join filed on expected.unit_code = filed.unit_code and expected.report_month = filed.report_month
    where filed.is_taken is not true
)

insert into matter (family, kind, unit_code, report_month, subject, label, since, detail)
select
    'filing' as family,
    case when due_on < :day then standing else 'filing_coming' end as kind,
    unit_code,
    report_month,
    'filing:' || unit_code || ':' || to_char(report_month, 'YYYY-MM') as subject,
    unit_name as label,
    due_on as since,
    jsonb_build_object('standing', standing, 'opens_on', opens_on) as detail
from standing

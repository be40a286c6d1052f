{{
    config(
        keys=['report_month', 'unit_code', 'issue_key'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['unit_code', 'issue_key'], ['project_sk']],
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with stated as (
    select * from {{ ref('int_issue_month__stated') }}
),

dated as (
    select
        stated.*,
        lower(stated.raised_date) as raised_on,
        upper(stated.due_date) - 1 as due_on,
        lower(stated.closed_date) as closed_on,
        (stated.report_month + interval '1 month')::date - 1 as month_end
    from stated
),

aged as (
    select
        dated.*,
        case when dated.is_closed then dated.closed_on else dated.month_end end as counted_until
    from dated
),

facts as (
    select
        report_month,
        unit_code,
        issue_key,
        project_sk,
        issue_class,
        issue_text,
        responsible_org,
        owner_name,
        escalation_level,
        raised_on,
        due_on,
        closed_on,
        result_text,
        coalesce(is_closed, false) as is_closed,
        coalesce(raised_on between report_month and month_end, false) as is_opened_in_month,
        coalesce(is_closed and closed_on between report_month and month_end, false) as is_closed_in_month,
        greatest(counted_until - raised_on, 0) as age_days,
        coalesce(is_closed is not true and due_on < month_end, false) as is_overdue,
        case when is_closed is not true then greatest(month_end - due_on, 0) end as overdue_days,
        submission_id,
        row_number
    from aged
)

select * from facts

{{
    config(
        keys=['report_month', 'unit_code', 'project_reference', 'permit_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        lookups=[['project_sk']],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

exceptions as (
    select
        fct_permit.*,
        {{ month_end('fct_permit.report_month') }} as month_end
    from scope
    inner join {{ current_rows('fct_permit') }} as fct_permit
        on scope.report_month = fct_permit.report_month and scope.unit_code = fct_permit.unit_code
    where fct_permit.start_violation in ('not_issued', 'issued_later')
),

reported as (
    select
        report_month,
        unit_code,
        project_reference,
        permit_code,
        project_sk,
        project_name,
        project_code,
        start_violation,
        permit_status,
        issued_date,
        start_date,
        due_date,
        case start_violation when 'issued_later' then lower(issued_date) else month_end end - upper(start_date) + 1
            as days_without_permit
    from exceptions
)

select * from reported

{{
    config(
        keys=['report_month', 'unit_code', 'permit_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

facts as (
    select fct_permit.*
    from scope
    inner join {{ current_rows('fct_permit') }} as fct_permit
        on scope.report_month = fct_permit.report_month and scope.unit_code = fct_permit.unit_code
),

sums as (
    select
        report_month,
        unit_code,
        permit_code,
        count(*)::integer as permit_count,
        (count(*) filter (where is_required))::integer as permits_needed_count,
        (count(*) filter (where is_done))::integer as permits_done_count,
        (count(*) filter (where is_overdue))::integer as overdue_count,
        (count(*) filter (where start_violation = 'not_issued'))::integer as not_issued_at_start_count,
        (count(*) filter (where start_violation = 'issued_later'))::integer as issued_after_start_count,
        (count(*) filter (where start_violation in ('not_issued', 'issued_later')))::integer as started_before_count,
        count(days_to_permit)::integer as timed_count,
        sum(days_to_permit)::integer as days_to_permit_sum,
        round((percentile_cont(0.5) within group (order by days_to_permit))::numeric, 6) as median_days_to_permit
    from facts
    group by report_month, unit_code, permit_code
)

select * from sums

{{
    config(
        keys=['report_month', 'unit_code', 'element_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

facts as (
    select fct_element_month.*
    from scope
    inner join {{ current_rows('fct_element_month') }} as fct_element_month
        on scope.report_month = fct_element_month.report_month and scope.unit_code = fct_element_month.unit_code
),

sums as (
    select
        report_month,
        unit_code,
        element_code,
        min(base_unit) as base_unit,
        count(*)::integer as demand_count,
        sum(needed_base) as needed_base,
        sum(granted_base) as granted_base,
        sum(gap_base) as gap_base,
        (count(*) filter (where granted_quantity < needed_quantity))::integer as short_count,
        (count(*) filter (where is_overdue))::integer as overdue_count,
        (count(*) filter (where needed_base is null))::integer as unmeasured_count
    from facts
    group by report_month, unit_code, element_code
)

select * from sums

{{
    config(
        keys=['report_month', 'unit_code', 'fund_source'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
    where submission_id is not null
),

funds as (
    select fct_fund_month.*
    from scope
    inner join {{ current_rows('fct_fund_month') }} as fct_fund_month
        on scope.report_month = fct_fund_month.report_month and scope.unit_code = fct_fund_month.unit_code
),

projects as (
    select fct_project_month.*
    from scope
    inner join {{ current_rows('fct_project_month') }} as fct_project_month
        on scope.report_month = fct_project_month.report_month and scope.unit_code = fct_project_month.unit_code
),

by_source as (
    select
        report_month,
        unit_code,
        fund_source,
        count(*)::integer as funded_count,
        sum(received_wan) as received_wan
    from funds
    group by report_month, unit_code, fund_source
),

in_total as (
    select
        report_month,
        unit_code,
        'all' as fund_source,
        (count(*) filter (where funds_received_wan <> 0))::integer as funded_count,
        sum(funds_received_wan) as received_wan
    from projects
    group by report_month, unit_code
)

select * from by_source
union all
select * from in_total

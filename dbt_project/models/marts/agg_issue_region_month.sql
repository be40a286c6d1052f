{{
    config(
        keys=['report_month', 'region_code', 'issue_class'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

{%- set escalated = ['city', 'province', 'nation'] %}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

issues as (
    select * from {{ current_rows('fct_issue_month') }} as fct_issue_month
    where report_month in (select touched.report_month from touched)
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

coverage as (
    select * from {{ ref('int_region_month__covered') }}
),

found as (
    select
        members.region_code,
        issues.*
    from members
    inner join issues on members.report_month = issues.report_month and members.unit_code = issues.unit_code
),

-- Every region that has reported has a row `all`, be it of no issues.
counted as (
    select
        coverage.report_month,
        coverage.region_code,
        case
            when grouping(issues.issue_class) = 1 then 'all'
            else coalesce(issues.issue_class, 'unknown')
        end as issue_class,
        count(issues.issue_key)::integer as issue_count,
        (count(*) filter (where issues.is_opened_in_month))::integer as opened_count,
        (count(*) filter (where issues.is_closed_in_month))::integer as closed_count,
        (count(*) filter (where not issues.is_closed))::integer as open_count,
        (count(*) filter (where issues.is_overdue))::integer as overdue_count,
        {%- for level in escalated %}
        (count(*) filter (where not issues.is_closed and issues.escalation_level = '{{ level }}'))::integer
            as escalated_{{ level }}_count,
        {%- endfor %}
        coalesce(sum(issues.age_days) filter (where issues.is_closed_in_month), 0)::integer as closing_days,
        coalesce(sum(issues.age_days) filter (where not issues.is_closed), 0)::integer as open_days,
        percentile_cont(0.5) within group (order by issues.age_days) filter (where issues.is_closed_in_month)
            as closing_days_median
    from coverage
    left join found as issues
        on coverage.report_month = issues.report_month and coverage.region_code = issues.region_code
    group by grouping sets (
        (coverage.report_month, coverage.region_code), (coverage.report_month, coverage.region_code, issues.issue_class)
    )
),

final as (
    select
        counted.report_month,
        counted.region_code,
        counted.issue_class,
        coverage.region_level,
        counted.issue_count,
        counted.opened_count,
        counted.closed_count,
        counted.open_count,
        counted.overdue_count,
        {%- for level in escalated %}
        counted.escalated_{{ level }}_count,
        {%- endfor %}
        round({{ percent('counted.overdue_count', 'counted.open_count') }}, 6) as overdue_rate_pct,
        counted.closing_days,
        round(counted.closing_days::numeric / nullif(counted.closed_count, 0), 6) as closing_days_average,
        counted.closing_days_median::numeric as closing_days_median,
        counted.open_days,
        round(counted.open_days::numeric / nullif(counted.open_count, 0), 6) as open_days_average,
        coverage.units_expected,
        coverage.units_reported
    from counted
    inner join coverage on counted.report_month = coverage.report_month and counted.region_code = coverage.region_code
    where counted.issue_class = 'all' or counted.issue_count > 0
)

select * from final

{{
    config(
        keys=['report_month', 'region_code', 'list_code'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

starts as (
    select * from {{ current_rows('agg_start_unit_month') }} as agg_start_unit_month
    where report_month in (select touched.report_month from touched)
),

sums as (
    select
        members.report_month,
        members.region_code,
        starts.list_code,
        members.region_level,
        sum(starts.project_count)::integer as project_count,
        sum(starts.started_count)::integer as started_count,
        sum(starts.planned_count)::integer as planned_count,
        sum(starts.planned_started_count)::integer as planned_started_count,
        sum(starts.unplanned_count)::integer as unplanned_count,
        sum(starts.started_this_year_count)::integer as started_this_year_count
    from members
    inner join starts on members.report_month = starts.report_month and members.unit_code = starts.unit_code
    group by members.report_month, members.region_code, starts.list_code, members.region_level
),

final as (
    select
        report_month,
        region_code,
        list_code,
        region_level,
        project_count,
        started_count,
        planned_count,
        planned_started_count,
        unplanned_count,
        started_this_year_count,
        round({{ percent('started_count', 'project_count') }}, 6) as start_rate_pct,
        round({{ percent('planned_started_count', 'planned_count') }}, 6) as planned_start_rate_pct
    from sums
)

select * from final

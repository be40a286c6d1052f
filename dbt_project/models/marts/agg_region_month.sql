{{
    config(
        keys=['report_month', 'region_code', 'list_code'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

unit_sums as (
    select * from {{ current_rows('agg_unit_month') }} as agg_unit_month
    where report_month in (select touched.report_month from touched)
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

coverage as (
    select
        members.report_month,
        members.region_code,
        count(members.unit_code)::integer as units_expected,
        count(unit_sums.unit_code)::integer as units_reported
    from members
    left join unit_sums
        on
            members.report_month = unit_sums.report_month
            and members.unit_code = unit_sums.unit_code
            and unit_sums.list_code = 'all'
    group by members.report_month, members.region_code
),

sums as (
    select
        members.report_month,
        members.region_code,
        unit_sums.list_code,
        members.region_level,
        sum(unit_sums.project_count)::integer as project_count,
        sum(unit_sums.started_count)::integer as started_count,
        sum(unit_sums.total_investment_wan) as total_investment_wan,
        sum(unit_sums.annual_plan_wan) as annual_plan_wan,
        sum(unit_sums.month_completed_wan) as month_completed_wan,
        sum(unit_sums.ytd_completed_wan) as ytd_completed_wan,
        sum(unit_sums.since_start_wan) as since_start_wan,
        sum(unit_sums.funds_received_wan) as funds_received_wan,
        sum(unit_sums.funds_paid_wan) as funds_paid_wan
    from members
    inner join unit_sums
        on members.report_month = unit_sums.report_month and members.unit_code = unit_sums.unit_code
    group by members.report_month, members.region_code, unit_sums.list_code, members.region_level
),

rated as (
    select
        sums.*,
        {{ percent('sums.ytd_completed_wan', 'sums.annual_plan_wan') }} as completion_rate_pct,
        {{ percent('sums.started_count', 'sums.project_count') }} as start_rate_pct,
        {{ schedule_percent('sums.report_month') }} as schedule_pct,
        coverage.units_expected,
        coverage.units_reported
    from sums
    inner join coverage on sums.report_month = coverage.report_month and sums.region_code = coverage.region_code
),

final as (
    select
        report_month,
        region_code,
        list_code,
        region_level,
        project_count,
        started_count,
        total_investment_wan,
        annual_plan_wan,
        month_completed_wan,
        ytd_completed_wan,
        since_start_wan,
        funds_received_wan,
        funds_paid_wan,
        round(completion_rate_pct, 6) as completion_rate_pct,
        round(start_rate_pct, 6) as start_rate_pct,
        round(schedule_pct, 6) as schedule_pct,
        round(completion_rate_pct - schedule_pct, 6) as ahead_of_schedule_pp,
        units_expected,
        units_reported
    from rated
)

select * from final

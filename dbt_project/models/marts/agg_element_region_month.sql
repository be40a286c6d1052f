{{
    config(
        keys=['report_month', 'region_code', 'element_code'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

unit_sums as (
    select * from {{ current_rows('agg_element_unit_month') }} as agg_element_unit_month
    where report_month in (select touched.report_month from touched)
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

coverage as (
    select * from {{ current_rows('agg_region_month') }} as agg_region_month
    where list_code = 'all' and report_month in (select touched.report_month from touched)
),

sums as (
    select
        members.report_month,
        members.region_code,
        unit_sums.element_code,
        members.region_level,
        min(unit_sums.base_unit) as base_unit,
        sum(unit_sums.demand_count)::integer as demand_count,
        sum(unit_sums.needed_base) as needed_base,
        sum(unit_sums.granted_base) as granted_base,
        sum(unit_sums.gap_base) as gap_base,
        sum(unit_sums.short_count)::integer as short_count,
        sum(unit_sums.overdue_count)::integer as overdue_count,
        sum(unit_sums.unmeasured_count)::integer as unmeasured_count,
        count(unit_sums.unit_code)::integer as units_listing
    from members
    inner join unit_sums
        on members.report_month = unit_sums.report_month and members.unit_code = unit_sums.unit_code
    group by members.report_month, members.region_code, unit_sums.element_code, members.region_level
),

final as (
    select
        sums.report_month,
        sums.region_code,
        sums.element_code,
        sums.region_level,
        sums.base_unit,
        sums.demand_count,
        sums.needed_base,
        sums.granted_base,
        sums.gap_base,
        sums.short_count,
        sums.overdue_count,
        sums.unmeasured_count,
        round({{ percent('sums.granted_base', 'sums.needed_base') }}, 6) as granted_rate_pct,
        sums.units_listing,
        coverage.units_expected,
        coverage.units_reported
    from sums
    inner join coverage on sums.report_month = coverage.report_month and sums.region_code = coverage.region_code
)

select * from final

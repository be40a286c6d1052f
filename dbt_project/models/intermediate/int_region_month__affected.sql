{{ config(materialized='renewed') }}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

scope as (
    select
        unit_code,
        report_month
    from {{ ref('int_submission__in_scope') }}
),

units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
    where not has_details
),

-- Cities and provinces are no members of a region, yet what they file is about one, and shows in all above.
by_summary as (
    select
        counted.region_code,
        scope.report_month
    from scope
    inner join units on scope.unit_code = units.unit_code
    cross join
        lateral (
            values (units.region_code), (units.city_code), (units.province_code), (units.nation_code)
        ) as counted (region_code)
    where counted.region_code is not null
),

-- A target that a region above has set for those below it.
regions as (
    select
        region_code,
        city_code,
        province_code
    from {{ current_rows('dim_region') }} as dim_region
    where valid_to is null
),

below as (
    select
        regions.region_code,
        scope.report_month
    from scope
    inner join units on scope.unit_code = units.unit_code
    inner join regions on units.region_code in (regions.city_code, regions.province_code)
)

select
    region_code,
    report_month
from touched
union
select
    region_code,
    report_month
from by_summary
union
select
    region_code,
    report_month
from below

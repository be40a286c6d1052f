{{ config(materialized='renewed') }}

with units as (
    select
        unit_code,
        report_month
    from {{ ref('int_unit_month__touched') }}
),

regions as (
    select * from {{ ref('int_unit__regions') }}
    where is_current
),

by_unit as (
    select
        units.report_month,
        regions.region_code
    from units
    inner join regions
        on
            units.unit_code = regions.unit_code
            and units.report_month >= regions.valid_from
            and (regions.valid_to is null or units.report_month < regions.valid_to)
),

by_region as (
    select
        report_month,
        region_code
    from {{ ref('int_region_month__touched') }}
),

touched as (
    select * from by_unit
    union
    select * from by_region
)

select * from touched

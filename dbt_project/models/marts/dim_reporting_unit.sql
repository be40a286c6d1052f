{{ config(keys=['unit_code']) }}

with units as (
    select * from {{ ref('reporting_unit') }}
),

regions as (
    select * from {{ current_rows('dim_region') }} as dim_region
),

nation as (
    select region_code from regions
    where region_level = 'nation'
),

placed as (
    select
        units.unit_code,
        units.unit_name,
        units.unit_kind,
        regions.region_code,
        regions.city_code,
        regions.province_code,
        nation.region_code as nation_code,
        units.valid_from,
        units.valid_to
    from units
    left join regions on units.unit_code = regions.region_code
    cross join nation
)

select * from placed

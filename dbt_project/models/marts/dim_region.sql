{{ config(keys=['region_code']) }}

with regions as (
    select * from {{ ref('region') }}
),

units as (
    select * from {{ ref('reporting_unit') }}
),

administrative as (
    select
        region_code,
        region_name,
        region_level,
        'administrative' as region_kind,
        parent_code,
        city_code,
        province_code
    from regions
),

of_units as (
    select
        units.unit_code as region_code,
        units.unit_name as region_name,
        'county' as region_level,
        units.unit_kind as region_kind,
        units.parent_region_code as parent_code,
        parents.city_code,
        parents.province_code
    from units
    left join regions as parents on units.parent_region_code = parents.region_code
    where units.unit_kind in ('zone', 'direct')
),

all_regions as (
    select * from administrative
    union all
    select * from of_units
),

named as (
    select
        all_regions.region_code,
        all_regions.region_name,
        all_regions.region_level,
        all_regions.region_kind,
        all_regions.parent_code,
        all_regions.city_code,
        cities.region_name as city_name,
        all_regions.province_code,
        provinces.region_name as province_name
    from all_regions
    left join regions as cities on all_regions.city_code = cities.region_code
    left join regions as provinces on all_regions.province_code = provinces.region_code
)

select * from named

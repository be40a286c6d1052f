{{ config(keys=['unit_code']) }}

with units as (
    select * from {{ ref('reporting_unit') }}
),

kinds as (
    select
        unit_kind,
        kind_name,
        sheets is null or 'project_progress' = any(string_to_array(sheets, '|')) as has_details
    from {{ ref('unit_kind') }}
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
        kinds.kind_name,
        kinds.has_details,
        regions.region_code,
        regions.city_code,
        regions.province_code,
        nation.region_code as nation_code,
        units.valid_from,
        units.valid_to
    from units
    inner join kinds on units.unit_kind = kinds.unit_kind
    left join regions on coalesce(units.summarises_region_code, units.unit_code) = regions.region_code
    cross join nation
)

select * from placed

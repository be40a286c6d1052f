with units as (
    select
        unit_code,
        region_code,
        city_code,
        province_code,
        nation_code,
        valid_from,
        valid_to,
        published_to is null as is_current,
        published_from = {{ building_publication() }} or published_to is not null as is_changed
    from {{ ref('dim_reporting_unit') }}
    where has_details is not false and (published_to is null or published_to = {{ building_publication() }})
),

levels as (
    select
        units.*,
        units.region_code as counted_in,
        'county' as region_level
    from units
    union all
    select
        units.*,
        units.city_code as counted_in,
        'city' as region_level
    from units
    union all
    select
        units.*,
        units.province_code as counted_in,
        'province' as region_level
    from units
    union all
    select
        units.*,
        units.nation_code as counted_in,
        'nation' as region_level
    from units
),

regions as (
    select
        unit_code,
        counted_in as region_code,
        region_level,
        valid_from,
        valid_to,
        is_current,
        is_changed
    from levels
    where counted_in is not null
)

select * from regions

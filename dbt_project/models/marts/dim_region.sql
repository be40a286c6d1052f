{{ config(keys=['region_code', 'valid_from']) }}

with regions as (
    select * from {{ ref('region') }}
),

units as (
    select * from {{ ref('reporting_unit') }}
),

administrative as (
    select
        region_code,
        valid_from,
        valid_to,
        region_name,
        region_level,
        region_kind,
        parent_code,
        city_code,
        province_code,
        is_day_known,
        source_id
    from regions
),

-- Zones and 本级 units, with the parent of each time.
of_units as (
    select
        placed.region_code,
        greatest(placed.valid_from, units.valid_from) as valid_from,
        least(placed.valid_to, units.valid_to) as valid_to,
        units.unit_name as region_name,
        'county' as region_level,
        units.unit_kind as region_kind,
        placed.lineage_code as parent_code,
        placed.city_code,
        placed.province_code,
        true as is_day_known,
        'reporting_unit' as source_id
    from {{ ref('int_unit__placed') }} as placed
    inner join units on placed.unit_code = units.unit_code
    where
        units.unit_kind in ('zone', 'direct')
        and placed.is_main
        and (units.valid_to is null or placed.valid_from < units.valid_to)
        and (placed.valid_to is null or placed.valid_to > units.valid_from)
),

all_regions as (
    select * from administrative
    union all
    select * from of_units
),

-- Names as they were at the end of the version.
named as (
    select
        all_regions.region_code,
        all_regions.valid_from,
        all_regions.valid_to,
        all_regions.region_name,
        all_regions.region_level,
        all_regions.region_kind,
        all_regions.parent_code,
        all_regions.city_code,
        cities.region_name as city_name,
        all_regions.province_code,
        provinces.region_name as province_name,
        row_number() over (
            partition by all_regions.region_code order by all_regions.valid_from desc
        ) = 1 as is_latest,
        all_regions.is_day_known,
        all_regions.source_id
    from all_regions
    left join regions as cities
        on
            all_regions.city_code = cities.region_code
            and cities.valid_from < coalesce(all_regions.valid_to, 'infinity')
            and coalesce(cities.valid_to, 'infinity') >= coalesce(all_regions.valid_to, 'infinity')
    left join regions as provinces
        on
            all_regions.province_code = provinces.region_code
            and provinces.valid_from < coalesce(all_regions.valid_to, 'infinity')
            and coalesce(provinces.valid_to, 'infinity') >= coalesce(all_regions.valid_to, 'infinity')
)

select * from named

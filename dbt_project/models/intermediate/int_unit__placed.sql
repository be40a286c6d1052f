{{ config(materialized='renewed') }}

with lineage as (
    select * from {{ ref('int_unit__lineage') }}
),

regions as (
    select * from {{ ref('region') }}
),

units as (
    select
        unit_code,
        unit_kind in ('zone', 'direct') as has_own_code
    from {{ ref('reporting_unit') }}
),

-- Days on which something changes for the unit.
days as (
    select
        unit_code,
        valid_from as first_day
    from lineage
    union
    select
        unit_code,
        valid_to as first_day
    from lineage
    where valid_to is not null
    union
    select
        lineage.unit_code,
        bounds.first_day
    from lineage
    inner join regions on lineage.region_code = regions.region_code
    cross join lateral (values (regions.valid_from), (regions.valid_to)) as bounds (first_day)
    where
        bounds.first_day > lineage.valid_from
        and (lineage.valid_to is null or bounds.first_day < lineage.valid_to)
),

intervals as (
    select
        unit_code,
        first_day as valid_from,
        lead(first_day) over (partition by unit_code order by first_day) as valid_to
    from days
),

shares as (
    select
        intervals.unit_code,
        intervals.valid_from,
        intervals.valid_to,
        lineage.region_code as lineage_code,
        sum(lineage.share) as share
    from intervals
    inner join lineage
        on
            intervals.unit_code = lineage.unit_code
            and intervals.valid_from >= lineage.valid_from
            and (lineage.valid_to is null or intervals.valid_from < lineage.valid_to)
    group by intervals.unit_code, intervals.valid_from, intervals.valid_to, lineage.region_code
),

-- What is known of the code on the day, or on the nearest day on which it was in force.
described as (
    select
        shares.*,
        regions.region_level,
        regions.city_code,
        regions.province_code,
        row_number() over (
            partition by shares.unit_code, shares.valid_from, shares.lineage_code
            order by
                greatest(regions.valid_from - shares.valid_from, shares.valid_from - regions.valid_to + 1, 0),
                regions.valid_from
        ) as nearest_first
    from shares
    inner join regions on shares.lineage_code = regions.region_code
),

placed as (
    select
        described.unit_code,
        described.lineage_code,
        case when units.has_own_code then described.unit_code else described.lineage_code end as region_code,
        case when units.has_own_code then 'county' else described.region_level end as region_level,
        described.city_code,
        described.province_code,
        described.share,
        row_number() over (
            partition by described.unit_code, described.valid_from
            order by described.share desc, described.lineage_code asc
        ) = 1 as is_main,
        described.valid_from,
        described.valid_to
    from described
    inner join units on described.unit_code = units.unit_code
    where described.nearest_first = 1
)

select * from placed

with units as (
    select * from {{ ref('reporting_unit') }}
),

regions as (
    select * from {{ ref('int_unit__regions') }}
    where is_current
),

-- A unit may file the register of its own projects; a city or province files that of the units in its region.
own as (
    select distinct
        unit_code as filer_code,
        unit_code
    from regions
),

below as (
    select distinct
        units.unit_code as filer_code,
        regions.unit_code
    from units
    inner join regions on units.summarises_region_code = regions.region_code
),

placed as (
    select * from own
    union all
    select * from below
),

named as (
    select
        placed.filer_code,
        placed.unit_code,
        units.unit_name,
        units.valid_from,
        units.valid_to,
        array(
            select distinct regexp_replace(spoken.label, '\s', '', 'g')
            from regexp_split_to_table(concat_ws('|', units.unit_name, units.aliases), '[|]') as written (label)
            -- The everyday name of an autonomous county, 漾濞县, leaves the peoples out.
            cross join
                lateral (
                    values
                    (written.label),
                    (regexp_replace(written.label, '^(.{2,}?)([^族]{1,5}族)+自治([县州旗])$', '\1\3'))
                ) as spoken (label)
            where spoken.label <> ''
        ) as labels
    from placed
    inner join units on placed.unit_code = units.unit_code
)

select * from named

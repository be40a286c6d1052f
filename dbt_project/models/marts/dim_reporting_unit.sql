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

nation as (
    select region_code from {{ ref('region') }}
    where region_level = 'nation'
),

-- Where it is counted today, or in the last month in which it existed.
placed as (
    select placed.*
    from {{ ref('int_unit__placed') }} as placed
    inner join units on placed.unit_code = units.unit_code
    where
        placed.is_main
        and placed.valid_from <= coalesce(date_trunc('month', units.valid_to - 1)::date, 'infinity')
        and (
            placed.valid_to is null
            or placed.valid_to > coalesce(date_trunc('month', units.valid_to - 1)::date, 'infinity')
        )
),

described as (
    select
        units.unit_code,
        units.unit_name,
        units.unit_kind,
        kinds.kind_name,
        kinds.has_details,
        placed.region_code,
        placed.city_code,
        placed.province_code,
        nation.region_code as nation_code,
        units.valid_from,
        units.valid_to
    from units
    inner join kinds on units.unit_kind = kinds.unit_kind
    left join placed on units.unit_code = placed.unit_code
    cross join nation
)

select * from described

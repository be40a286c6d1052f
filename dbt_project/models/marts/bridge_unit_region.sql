{{ config(keys=['unit_code', 'region_level', 'region_code', 'valid_from']) }}

with placed as (
    select int_unit__placed.*
    from {{ ref('int_unit__placed') }} as int_unit__placed
    inner join {{ ref('reporting_unit') }} as units on int_unit__placed.unit_code = units.unit_code
    where units.summarises_region_code is null
),

nation as (
    select region_code from {{ ref('region') }}
    where region_level = 'nation'
),

levels as (
    select
        placed.unit_code,
        counted.region_level,
        counted.region_code,
        placed.valid_from,
        placed.valid_to,
        sum(placed.share) as share,
        bool_or(placed.is_main) as is_main
    from placed
    cross join nation
    cross join
        lateral (
            values
            ('county', placed.region_code),
            ('city', placed.city_code),
            ('province', placed.province_code),
            ('nation', nation.region_code)
        ) as counted (region_level, region_code)
    where counted.region_code is not null
    group by placed.unit_code, counted.region_level, counted.region_code, placed.valid_from, placed.valid_to
),

-- One row as long as nothing changes.
followed as (
    select
        levels.*,
        lag(levels.valid_to) over (
            partition by levels.unit_code, levels.region_level, levels.region_code, levels.share, levels.is_main
            order by levels.valid_from
        ) as last_valid_to
    from levels
),

numbered as (
    select
        followed.*,
        count(*) filter (where coalesce(followed.last_valid_to <> followed.valid_from, true)) over (
            partition by
                followed.unit_code, followed.region_level, followed.region_code, followed.share, followed.is_main
            order by followed.valid_from
        ) as stretch
    from followed
),

joined_up as (
    select
        unit_code,
        region_level,
        region_code,
        min(valid_from) as valid_from,
        case when bool_and(valid_to is not null) then max(valid_to) end as valid_to,
        share,
        is_main
    from numbered
    group by unit_code, region_level, region_code, share, is_main, stretch
)

select * from joined_up

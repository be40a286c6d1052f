{%- set publication = building_publication() -%}
with units as (
    select
        unit_code,
        valid_from,
        valid_to,
        published_from,
        published_to
    from {{ ref('dim_reporting_unit') }}
    where has_details is not false
),

bridge as (
    select * from {{ ref('bridge_unit_region') }}
    where is_main
),

-- As the publication being built has them, and as the one before had.
states as (
    select true as is_current
    union all
    select false as is_current
),

placed as (
    select
        units.unit_code,
        bridge.region_code,
        bridge.region_level,
        greatest(bridge.valid_from, units.valid_from) as valid_from,
        least(bridge.valid_to, units.valid_to) as valid_to,
        states.is_current
    from states
    inner join units
        on case
            when states.is_current then units.published_to is null
            else
                units.published_from < {{ publication }}
                and (units.published_to is null or units.published_to = {{ publication }})
        end
    inner join bridge
        on
            units.unit_code = bridge.unit_code
            and case
                when states.is_current then bridge.published_to is null
                else
                    bridge.published_from < {{ publication }}
                    and (bridge.published_to is null or bridge.published_to = {{ publication }})
            end
    where
        (units.valid_to is null or bridge.valid_from < units.valid_to)
        and (bridge.valid_to is null or bridge.valid_to > units.valid_from)
),

compared as (
    select
        placed.*,
        count(*) over (
            partition by placed.unit_code, placed.region_code, placed.region_level, placed.valid_from, placed.valid_to
        ) = 1 as is_changed
    from placed
),

regions as (
    select * from compared
    where is_current or is_changed
)

select * from regions

with rankings as (
    select * from {{ ref('int_ranking__due') }}
),

units as (
    select * from {{ ref('dim_reporting_unit') }}
),

bridge as (
    select * from {{ ref('bridge_unit_region') }}
    where is_main
),

placed as (
    select
        rankings.ranking_id,
        rankings.region_level,
        units.unit_code,
        bridge.region_level as placed_level,
        bridge.region_code
    from rankings
    inner join units
        on
            units.has_details
            and rankings.publication_id >= units.published_from
            and (units.published_to is null or rankings.publication_id < units.published_to)
            and (
                rankings.region_level <> 'county'
                or rankings.unit_kinds is null
                or units.unit_kind = any(rankings.unit_kinds)
            )
    inner join bridge
        on
            units.unit_code = bridge.unit_code
            and rankings.publication_id >= bridge.published_from
            and (bridge.published_to is null or rankings.publication_id < bridge.published_to)
            and rankings.report_month >= bridge.valid_from
            and (bridge.valid_to is null or rankings.report_month < bridge.valid_to)
),

-- A county without a city is ranked in its province.
above as (
    select
        lower_placed.ranking_id,
        lower_placed.region_code,
        upper_placed.region_code as peer_code,
        row_number() over (
            partition by lower_placed.ranking_id, lower_placed.region_code
            order by case upper_placed.placed_level when 'city' then 1 else 2 end, upper_placed.region_code
        ) as nearest_first
    from placed as lower_placed
    inner join placed as upper_placed
        on
            lower_placed.ranking_id = upper_placed.ranking_id
            and lower_placed.unit_code = upper_placed.unit_code
            and (
                (lower_placed.region_level = 'county' and upper_placed.placed_level in ('city', 'province'))
                or (lower_placed.region_level = 'city' and upper_placed.placed_level = 'province')
            )
    where lower_placed.placed_level = lower_placed.region_level
),

peers as (
    select
        ranking_id,
        region_code,
        peer_code
    from above
    where nearest_first = 1
)

select * from peers

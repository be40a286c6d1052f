-- Walks from the region by which a unit is known, forward and backward over the changes of codes.
with recursive kinds as (
    select
        unit_kind,
        sheets is null or 'project_progress' = any(string_to_array(sheets, '|')) as has_details
    from {{ ref('unit_kind') }}
),

regions as (
    select * from {{ ref('region') }}
),

changes as (
    select * from {{ ref('region_change') }}
),

undivided as (
    select distinct
        region_code,
        parent_code
    from regions
    where region_kind = 'undivided'
),

-- A county that bears a city's code is that city, which has no counties.
units as (
    select
        units.unit_code,
        units.valid_from,
        case
            when units.unit_kind in ('zone', 'direct') then units.parent_region_code
            when kinds.has_details then coalesce(undivided.region_code, units.unit_code)
            else units.summarises_region_code
        end as root_code
    from {{ ref('reporting_unit') }} as units
    inner join kinds on units.unit_kind = kinds.unit_kind
    left join undivided on units.unit_code = undivided.parent_code
),

-- The day on which the unit's code was in force: the unit's first, or the nearest to it.
anchored as (
    select
        units.unit_code,
        units.root_code,
        greatest(regions.valid_from, least(units.valid_from, regions.valid_to - 1)) as anchored_on,
        row_number() over (
            partition by units.unit_code
            order by greatest(regions.valid_from - units.valid_from, units.valid_from - regions.valid_to + 1, 0)
        ) as nearest_first
    from units
    inner join regions on units.root_code = regions.region_code
),

forward as (
    select
        anchored.unit_code,
        anchored.root_code as region_code,
        1::numeric as share,
        anchored.anchored_on as since_day,
        true as is_start
    from anchored
    where anchored.nearest_first = 1
    union all
    select
        forward.unit_code,
        changes.new_code as region_code,
        forward.share * changes.share as share,
        changes.changed_on as since_day,
        false as is_start
    from forward
    cross join
        lateral (
            select min(later.changed_on) as changed_on from changes as later
            where later.old_code = forward.region_code and later.changed_on > forward.since_day
        ) as next_change
    inner join changes on forward.region_code = changes.old_code and next_change.changed_on = changes.changed_on
    where changes.share > 0
),

backward as (
    select
        anchored.unit_code,
        anchored.root_code as region_code,
        1::numeric as share,
        anchored.anchored_on + 1 as before_day,
        true as is_start
    from anchored
    where anchored.nearest_first = 1
    union all
    select
        backward.unit_code,
        changes.old_code as region_code,
        backward.share * changes.share_of_new as share,
        changes.changed_on as before_day,
        false as is_start
    from backward
    cross join
        lateral (
            select max(earlier.changed_on) as changed_on from changes as earlier
            where earlier.new_code = backward.region_code and earlier.changed_on < backward.before_day
        ) as last_change
    inner join changes on backward.region_code = changes.new_code and last_change.changed_on = changes.changed_on
    where changes.share_of_new > 0
),

spans as (
    select
        forward.unit_code,
        forward.region_code,
        forward.share,
        case
            when forward.is_start
                then coalesce(
                    (
                        select max(changes.changed_on) from changes
                        where changes.new_code = forward.region_code and changes.changed_on <= forward.since_day
                    ),
                    date '{{ var("first_day_of_regions") }}'
                )
            else forward.since_day
        end as valid_from,
        (
            select min(changes.changed_on) from changes
            where changes.old_code = forward.region_code and changes.changed_on > forward.since_day
        ) as valid_to
    from forward
    union all
    select
        backward.unit_code,
        backward.region_code,
        backward.share,
        coalesce(
            (
                select max(changes.changed_on) from changes
                where changes.new_code = backward.region_code and changes.changed_on < backward.before_day
            ),
            date '{{ var("first_day_of_regions") }}'
        ) as valid_from,
        backward.before_day as valid_to
    from backward
    where not backward.is_start
)

select * from spans

{#
    On each day from 2000 on a unit is counted exactly once in the nation and on county level, and has one main county;
    in a city and a province not more than once.
#}
{% test shares_of_unit_add_up(model) %}
with stretches as (
    select * from {{ model }}
    where published_to is null
),

days as (
    select distinct
        unit_code,
        valid_from as on_day
    from stretches
),

sums as (
    select
        days.unit_code,
        days.on_day,
        sum(stretches.share) filter (where stretches.region_level = 'nation') as nation,
        sum(stretches.share) filter (where stretches.region_level = 'province') as province,
        coalesce(sum(stretches.share) filter (where stretches.region_level = 'city'), 0) as city,
        sum(stretches.share) filter (where stretches.region_level = 'county') as county,
        count(*) filter (where stretches.region_level = 'county' and stretches.is_main) as homes
    from days
    inner join stretches
        on
            days.unit_code = stretches.unit_code
            and days.on_day >= stretches.valid_from
            and (stretches.valid_to is null or days.on_day < stretches.valid_to)
    group by days.unit_code, days.on_day
)

select * from sums
where not (nation = 1 and province = 1 and city <= 1 and county = 1 and homes = 1)
{% endtest %}

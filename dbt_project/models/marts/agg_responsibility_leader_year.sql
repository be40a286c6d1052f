{{
    config(
        keys=['year_number', 'unit_code', 'leader_sk'],
        scope={'relation': 'int_unit_year__touched', 'columns': ['year_number', 'unit_code']},
        lookups=[['leader_sk']],
    )
}}

with touched as (
    select
        unit_code,
        year_number,
        make_date(year_number, 1, 1) as first_day,
        make_date(year_number, 12, 31) as last_day
    from {{ ref('int_unit_year__touched') }}
),

units as (
    select
        unit_code,
        report_month
    from {{ current_rows('agg_unit_month') }} as agg_unit_month
    where list_code = 'all'
),

visits as not materialized (
    select * from {{ current_rows('fct_visit') }} as fct_visit
),

led as (
    select * from {{ current_rows('bridge_project_leader') }} as bridge_project_leader
),

requirements as (
    select
        visits_per_year,
        string_to_array(event_kinds, '|') as counted_kinds,
        valid_from,
        lead(valid_from) over (order by valid_from) as valid_to
    from {{ ref('visit_requirement') }}
),

-- A month counts when its report has events at all: a unit that does not tell of any owes none by it.
months as (
    select
        touched.unit_code,
        touched.year_number,
        touched.first_day,
        touched.last_day,
        max(units.report_month) as last_month,
        (
            count(*) filter (
                where exists (
                    select 1 from visits
                    where visits.unit_code = units.unit_code and visits.report_month = units.report_month
                )
            )
        )::integer as months_filed
    from touched
    inner join units
        on
            touched.unit_code = units.unit_code
            and units.report_month between touched.first_day and touched.last_day
    group by touched.unit_code, touched.year_number, touched.first_day, touched.last_day
),

owed as (
    select
        months.*,
        requirements.counted_kinds,
        coalesce(requirements.visits_per_year * months.months_filed / 12, 0) as visits_required
    from months
    left join requirements
        on
            months.last_month >= requirements.valid_from
            and (requirements.valid_to is null or months.last_month < requirements.valid_to)
),

visited as (
    select
        owed.unit_code,
        owed.year_number,
        visits.leader_sk,
        sum(visits.visit_count)::integer as event_count,
        coalesce(sum(visits.visit_count) filter (where visits.event_kind = any(owed.counted_kinds)), 0)::integer
            as visit_count,
        count(distinct visits.project_sk) filter (where visits.event_kind = any(owed.counted_kinds))::integer
            as projects_visited
    from owed
    inner join visits
        on
            owed.unit_code = visits.unit_code
            and visits.report_month between owed.first_day and owed.last_day
    where visits.leader_sk is not null
    group by owed.unit_code, owed.year_number, visits.leader_sk
),

leadership as (
    select
        owed.unit_code,
        owed.year_number,
        led.leader_sk,
        count(*)::integer as projects_led
    from owed
    inner join led on owed.unit_code = led.unit_code and owed.last_month = led.report_month
    group by owed.unit_code, owed.year_number, led.leader_sk
),

leaders as (
    select
        unit_code,
        year_number,
        leader_sk
    from visited
    union
    select
        unit_code,
        year_number,
        leader_sk
    from leadership
),

final as (
    select
        leaders.year_number,
        leaders.unit_code,
        leaders.leader_sk,
        owed.last_month,
        owed.months_filed,
        coalesce(leadership.projects_led, 0) as projects_led,
        coalesce(visited.projects_visited, 0) as projects_visited,
        coalesce(visited.event_count, 0) as event_count,
        coalesce(visited.visit_count, 0) as visit_count,
        case when leadership.projects_led is null then 0 else owed.visits_required end as visits_required,
        case
            when leadership.projects_led is not null and owed.visits_required > 0
                then coalesce(visited.visit_count, 0) >= owed.visits_required
        end as is_met
    from leaders
    inner join owed on leaders.unit_code = owed.unit_code and leaders.year_number = owed.year_number
    left join visited
        on
            leaders.unit_code = visited.unit_code
            and leaders.year_number = visited.year_number
            and leaders.leader_sk = visited.leader_sk
    left join leadership
        on
            leaders.unit_code = leadership.unit_code
            and leaders.year_number = leadership.year_number
            and leaders.leader_sk = leadership.leader_sk
)

select * from final

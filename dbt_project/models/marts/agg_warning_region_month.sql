{{
    config(
        keys=['report_month', 'region_code', 'warning_kind'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

coverage as (
    select * from {{ ref('int_region_month__covered') }}
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

kinds as (
    select warning_kind from {{ ref('warning_kind') }}
    union all
    select 'all' as warning_kind
),

warnings as (
    select * from {{ current_rows('fct_warning') }} as fct_warning
    where report_month in (select touched.report_month from touched)
),

unit_sums as (
    select * from {{ current_rows('agg_unit_month') }} as agg_unit_month
    where list_code = 'all' and report_month in (select touched.report_month from touched)
),

-- A project's light is its worst.
lights as (
    select
        report_month,
        unit_code,
        project_sk,
        coalesce(warning_kind, 'all') as warning_kind,
        bool_or(light = 'red') as is_red
    from warnings
    group by grouping sets (
        (report_month, unit_code, project_sk), (report_month, unit_code, project_sk, warning_kind)
    )
),

units as (
    select
        report_month,
        unit_code,
        warning_kind,
        (count(*) filter (where is_red))::integer as red_count,
        (count(*) filter (where not is_red))::integer as yellow_count
    from lights
    group by report_month, unit_code, warning_kind
),

sums as (
    select
        coverage.report_month,
        coverage.region_code,
        kinds.warning_kind,
        coverage.region_level,
        sum(unit_sums.project_count)::integer as project_count,
        coalesce(sum(units.red_count), 0)::integer as red_count,
        coalesce(sum(units.yellow_count), 0)::integer as yellow_count,
        coverage.units_expected,
        coverage.units_reported
    from coverage
    cross join kinds
    inner join members
        on coverage.report_month = members.report_month and coverage.region_code = members.region_code
    inner join unit_sums
        on members.report_month = unit_sums.report_month and members.unit_code = unit_sums.unit_code
    left join units
        on
            members.report_month = units.report_month
            and members.unit_code = units.unit_code
            and kinds.warning_kind = units.warning_kind
    group by
        coverage.report_month,
        coverage.region_code,
        kinds.warning_kind,
        coverage.region_level,
        coverage.units_expected,
        coverage.units_reported
),

final as (
    select
        report_month,
        region_code,
        warning_kind,
        region_level,
        project_count,
        red_count,
        yellow_count,
        project_count - red_count - yellow_count as green_count,
        round({{ percent('red_count', 'project_count') }}, 6) as red_light_rate_pct,
        units_expected,
        units_reported
    from sums
)

select * from final

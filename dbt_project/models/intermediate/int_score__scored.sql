{{ config(materialized='renewed') }}

{%- set scored = [
    'ahead_of_schedule_pp', 'start_rate_pct', 'red_light_rate_pct', 'overdue_issue_rate_pct', 'in_time_rate_pct',
    'quality_score',
] %}

with measured as (
    select * from {{ ref('int_score__measured') }}
),

formula as (
    select * from {{ ref('score_component') }}
),

versions as (
    select
        valid_from,
        lead(valid_from) over (order by valid_from) as valid_to
    from (select distinct valid_from from formula) as version_starts
),

components as (
    select
        measured.ranking_id,
        measured.report_month,
        measured.region_code,
        measured.has_reported,
        formula.valid_from as formula_valid_from,
        formula.weight,
        formula.full_at,
        formula.zero_at,
        formula.unknown_earns,
        case formula.component
            {%- for component in scored %}
            when '{{ component }}' then measured.{{ component }}
            {%- endfor %}
        end as component_value
    from measured
    inner join versions
        on
            measured.report_month >= versions.valid_from
            and (versions.valid_to is null or measured.report_month < versions.valid_to)
    inner join formula on versions.valid_from = formula.valid_from
),

earned as (
    select
        ranking_id,
        report_month,
        region_code,
        formula_valid_from,
        weight,
        case
            when component_value is not null
                then greatest(0, least(1, (component_value - zero_at) / (full_at - zero_at)))
            when has_reported then unknown_earns
            else 0
        end as earned_share
    from components
),

scores as (
    select
        ranking_id,
        report_month,
        region_code,
        formula_valid_from,
        round({{ percent('sum(weight * earned_share)', 'sum(weight)') }}, 2) as score
    from earned
    group by ranking_id, report_month, region_code, formula_valid_from
),

final as (
    select
        measured.*,
        scores.formula_valid_from,
        scores.score
    from measured
    inner join scores
        on
            measured.ranking_id = scores.ranking_id
            and measured.report_month = scores.report_month
            and measured.region_code = scores.region_code
)

select * from final

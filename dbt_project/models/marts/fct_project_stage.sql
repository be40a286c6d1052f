{{
    config(
        keys=['project_sk'],
        scope={'relation': 'int_project__touched', 'columns': ['project_sk']},
    )
}}

{%- set milestones = [
    'approval_date', 'contract_date', 'planned_start_date', 'start_date', 'statistics_entry_date', 'production_date',
    'capacity_date', 'completion_date',
] %}
{#- Each stage of the seed with the date by which it is reached; planned is every project. #}
{%- set reached_by = {
    'planned': 'project_sk', 'approved': 'approval_date', 'signed': 'contract_date', 'started': 'start_date',
    'in_statistics': 'statistics_entry_date', 'in_production': 'production_date', 'at_capacity': 'capacity_date',
    'completed': 'completion_date',
} %}

with touched as (
    select distinct project_sk from {{ ref('int_project__touched') }}
),

stages as (
    select * from {{ ref('project_stage') }}
),

months as (
    select facts.*
    from touched
    inner join {{ current_rows('fct_project_month') }} as facts on touched.project_sk = facts.project_sk
),

pipeline as (
    select listed.*
    from touched
    inner join {{ current_rows('fct_pipeline_month') }} as listed on touched.project_sk = listed.project_sk
),

reserves as (
    select
        project_sk,
        {{ last_stated('reserved_date') }} as reserved_date
    from pipeline
    group by project_sk
),

-- The newest month that states a date counts; a month that leaves it empty says nothing of it.
latest as (
    select
        project_sk,
        (array_agg(unit_code order by report_month desc))[1] as unit_code,
        max(report_month) as report_month,
        {%- for milestone in milestones %}
        {{ last_stated(milestone) }} as {{ milestone }},
        {%- endfor %}
        (array_agg(is_started order by report_month desc))[1] as is_started
    from months
    group by project_sk
),

reached as (
    {%- for stage, milestone in reached_by.items() %}
    select
        project_sk,
        '{{ stage }}' as stage_code
    from latest
    where {{ milestone }} is not null{{ ' or is_started' if stage == 'started' }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

furthest as (
    select distinct on (reached.project_sk)
        reached.project_sk,
        stages.stage_code
    from reached
    inner join stages on reached.stage_code = stages.stage_code
    order by reached.project_sk asc, stages.stage_order desc
),

final as (
    select
        latest.project_sk,
        latest.unit_code,
        latest.report_month,
        furthest.stage_code,
        reserves.reserved_date,
        {%- for milestone in milestones %}
        latest.{{ milestone }},
        {%- endfor %}
        {{ days_between('reserves.reserved_date', 'latest.approval_date') }} as reserve_to_approval_days,
        {{ days_between('latest.approval_date', 'latest.contract_date') }} as approval_to_contract_days,
        {{ days_between('latest.approval_date', 'latest.start_date') }} as approval_to_start_days,
        {{ days_between('latest.contract_date', 'latest.start_date') }} as contract_to_start_days,
        {{ days_between('latest.planned_start_date', 'latest.start_date') }} as start_delay_days,
        {{ days_between('latest.start_date', 'latest.statistics_entry_date') }} as start_to_statistics_days,
        {{ days_between('latest.start_date', 'latest.production_date') }} as start_to_production_days,
        {{ days_between('latest.production_date', 'latest.capacity_date') }} as production_to_capacity_days,
        {{ days_between('latest.start_date', 'latest.completion_date') }} as start_to_completion_days
    from latest
    inner join furthest on latest.project_sk = furthest.project_sk
    left join reserves on latest.project_sk = reserves.project_sk
)

select * from final

{{
    config(
        keys=['project_sk'],
        scope={'relation': 'int_project__touched', 'columns': ['project_sk']},
    )
}}

with touched as (
    select * from {{ ref('int_project__touched') }}
),

facts as (
    select * from {{ current_rows('fct_project_month') }} as fct_project_month
),

natural_keys as (
    select * from {{ ref('int_project__keyed') }}
),

in_force as (
    select * from {{ ref('int_submission__in_force') }}
),

progress as (
    select * from {{ ref('stg_project_progress') }}
),

newest as (
    select
        touched.project_sk,
        touched.unit_code,
        max(facts.report_month) as report_month
    from touched
    inner join facts on touched.project_sk = facts.project_sk
    group by touched.project_sk, touched.unit_code
),

described as (
    select
        newest.project_sk,
        newest.unit_code,
        progress.project_name,
        progress.project_code,
        progress.project_location,
        progress.industry_class,
        progress.construction_nature,
        progress.construction_content,
        progress.construction_years,
        progress.responsible_org,
        progress.lead_official
    from newest
    inner join natural_keys on newest.project_sk = natural_keys.project_sk
    inner join in_force on newest.unit_code = in_force.unit_code and newest.report_month = in_force.report_month
    inner join progress
        on
            in_force.report_month = progress.report_month
            and in_force.submission_id = progress.submission_id
            and natural_keys.key_value = coalesce(progress.project_code, progress.project_name)
            and natural_keys.key_kind = case when progress.project_code is null then 'name' else 'code' end
)

select * from described

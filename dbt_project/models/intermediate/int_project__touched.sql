{{ config(materialized='table', post_hook='analyze {{ this }}') }}

with stated as (
    select
        project_sk,
        unit_code
    from {{ ref('int_project_month__keyed') }}
),

current_facts as (
    select * from {{ current_rows('fct_project_month') }} as fct_project_month
),

closed_facts as (
    select * from {{ ref('fct_project_month') }}
    where published_to = {{ building_publication() }}
),

natural_keys as (
    select * from {{ ref('int_project__keyed') }}
),

in_force as (
    select * from {{ ref('int_submission__in_force') }}
),

vanished as (
    select
        project_sk,
        unit_code
    from closed_facts
),

touched as (
    select * from stated
    union
    select * from vanished
),

newest as (
    select
        touched.project_sk,
        touched.unit_code,
        max(current_facts.report_month) as report_month
    from touched
    left join current_facts on touched.project_sk = current_facts.project_sk
    group by touched.project_sk, touched.unit_code
),

described_by as (
    select
        newest.project_sk,
        newest.unit_code,
        natural_keys.key_kind,
        natural_keys.key_value,
        newest.report_month,
        in_force.submission_id
    from newest
    inner join natural_keys on newest.project_sk = natural_keys.project_sk
    left join in_force on newest.unit_code = in_force.unit_code and newest.report_month = in_force.report_month
)

select * from described_by

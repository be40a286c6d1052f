{{ config(materialized='renewed') }}

with scope as (
    select unit_code from {{ ref('int_submission__to_identify') }}
),

decisions as (
    select unit_code from {{ ref('dim_project_decision') }}
    where published_from = {{ building_publication() }} or published_to = {{ building_publication() }}
),

in_question as (
    select * from scope
    union
    select * from decisions
)

select * from in_question

{{ config(materialized='renewed') }}

with stated as (
    select
        project_sk,
        unit_code
    from {{ ref('int_project_month__keyed') }}
),

vanished as (
    select
        project_sk,
        unit_code
    from {{ ref('fct_project_month') }}
    where published_to = {{ building_publication() }}
),

touched as (
    select * from stated
    union
    select * from vanished
)

select * from touched

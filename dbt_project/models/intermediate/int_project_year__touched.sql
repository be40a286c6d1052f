{{ config(materialized='renewed') }}

with changed as (
    select
        project_sk,
        extract(year from report_month)::integer as plan_year
    from {{ ref('fct_project_month') }}
    where published_from = {{ building_publication() }}
    union
    select
        project_sk,
        extract(year from report_month)::integer as plan_year
    from {{ ref('fct_project_month') }}
    where published_to = {{ building_publication() }}
)

select * from changed

{{ config(materialized='table', post_hook='analyze {{ this }}') }}

with stated as (
    select * from {{ ref('int_project_month__stated') }}
),

projects as (
    select * from {{ ref('int_project__keyed') }}
),

keyed as (
    select
        projects.project_sk,
        stated.*
    from stated
    inner join projects
        on
            stated.unit_code = projects.unit_code
            and stated.key_kind = projects.key_kind
            and stated.key_value = projects.key_value
)

select * from keyed

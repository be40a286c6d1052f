{{ config(materialized='renewed') }}

with stated as (
    select * from {{ ref('int_project_month__stated') }}
),

natural_keys as (
    select * from {{ ref('int_project__keyed') }}
),

identified as (
    select * from {{ current_rows('int_project__identified') }} as int_project__identified
),

keyed as (
    select
        coalesce(identified.project_sk, natural_keys.project_sk) as project_sk,
        natural_keys.project_sk as project_key_sk,
        stated.*
    from stated
    inner join natural_keys
        on
            stated.unit_code = natural_keys.unit_code
            and stated.key_kind = natural_keys.key_kind
            and stated.key_value = natural_keys.key_value
    left join identified on natural_keys.project_sk = identified.project_key_sk
)

select * from keyed

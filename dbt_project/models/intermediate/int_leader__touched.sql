{{ config(materialized='renewed') }}

with touched as (
    select distinct leader_sk from {{ ref('int_leader_month__keyed') }}
)

select * from touched

{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        full_refresh=false,
        schema='history',
        contract={'enforced': true},
        post_hook='{{ look_again_if_grown(this) }}',
        indexes=[
            {'columns': ['unit_code', 'leader_name'], 'unique': true},
            {'columns': ['leader_sk'], 'unique': true},
        ],
    )
}}

with named as (
    select distinct
        unit_code,
        leader_name
    from {{ ref('int_leader_month__named') }}
),

known as not materialized (
    {%- if is_incremental() %}
    select * from {{ this }}
    {%- else %}
    select
        0::bigint as leader_sk,
        ''::text as unit_code,
        ''::text as leader_name
    where false
    {%- endif %}
),

unknown as (
    select
        named.unit_code,
        named.leader_name
    from named
    left join known on named.unit_code = known.unit_code and named.leader_name = known.leader_name
    where known.leader_sk is null
),

numbered as (
    select
        (select coalesce(max(known.leader_sk), 0) from known)
        + row_number() over (order by unit_code, leader_name) as leader_sk,
        unit_code,
        leader_name
    from unknown
)

select * from numbered

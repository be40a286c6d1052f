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
            {'columns': ['unit_code', 'key_kind', 'key_value'], 'unique': true},
            {'columns': ['project_sk'], 'unique': true},
        ],
    )
}}

with stated as (
    select distinct
        unit_code,
        key_kind,
        key_value
    from {{ ref('int_project_key__stated') }}
),

-- Read twice, each time by an index: the highest number, and the keys that are stated.
known as not materialized (
    {%- if is_incremental() %}
    select * from {{ this }}
    {%- else %}
    select
        0::bigint as project_sk,
        ''::text as unit_code,
        ''::text as key_kind,
        ''::text as key_value
    where false
    {%- endif %}
),

unknown as (
    select
        stated.unit_code,
        stated.key_kind,
        stated.key_value
    from stated
    left join known
        on
            stated.unit_code = known.unit_code
            and stated.key_kind = known.key_kind
            and stated.key_value = known.key_value
    where known.project_sk is null
),

numbered as (
    select
        (select coalesce(max(known.project_sk), 0) from known)
        + row_number() over (order by unit_code, key_kind, key_value) as project_sk,
        unit_code,
        key_kind,
        key_value
    from unknown
)

select * from numbered

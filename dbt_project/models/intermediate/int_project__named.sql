{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        full_refresh=false,
        schema='history',
        contract={'enforced': true},
        post_hook='{{ look_again_if_grown(this) }}',
        indexes=[{'columns': ['unit_code', 'project_name', 'project_key_sk'], 'unique': true}],
    )
}}

with stated as (
    select * from {{ ref('int_project_key__stated') }}
),

natural_keys as (
    select * from {{ ref('int_project__keyed') }}
),

named as (
    select distinct
        stated.unit_code,
        stated.project_name,
        natural_keys.project_sk as project_key_sk
    from stated
    inner join natural_keys
        on
            stated.unit_code = natural_keys.unit_code
            and stated.key_kind = natural_keys.key_kind
            and stated.key_value = natural_keys.key_value
    where stated.project_name is not null
)

select
    named.unit_code,
    named.project_name,
    named.project_key_sk
from named
{% if is_incremental() %}
    left join {{ this }} as known
        on
            named.unit_code = known.unit_code
            and named.project_name = known.project_name
            and named.project_key_sk = known.project_key_sk
    where known.project_key_sk is null
{% endif %}

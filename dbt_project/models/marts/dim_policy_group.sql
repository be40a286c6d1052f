{{ config(keys=['group_code']) }}

with policy_groups as (
    select
        group_code,
        group_name,
        is_part_of,
        scope
    from {{ ref('policy_group') }}
)

select * from policy_groups

{{ config(keys=['member_kind', 'member_code', 'group_code', 'valid_from']) }}

with members as (
    select
        member_kind,
        member_code,
        group_code,
        valid_from,
        valid_to
    from {{ ref('policy_group_member') }}
)

select * from members

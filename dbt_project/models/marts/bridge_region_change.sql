{{ config(keys=['old_code', 'new_code', 'changed_on']) }}

with changes as (
    select
        old_code,
        new_code,
        changed_on,
        share,
        share_of_new,
        kind as change_kind,
        reason
    from {{ ref('region_change') }}
)

select * from changes

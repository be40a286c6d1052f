{{ config(keys=['decision_id']) }}

with decisions as (
    select
        decision_id,
        unit_code,
        decision,
        first_kind,
        first_value,
        second_kind,
        second_value,
        reason,
        author,
        decided_on
    from {{ ref('project_identity') }}
)

select * from decisions

{{ config(keys=['funnel_stage']) }}

with stages as (
    select
        stage_code as funnel_stage,
        stage_name as funnel_stage_name,
        stage_order,
        is_granting
    from {{ ref('funnel_stage') }}
)

select * from stages

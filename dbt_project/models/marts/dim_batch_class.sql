{{ config(keys=['batch_class']) }}

with classes as (
    select
        class_code as batch_class,
        class_name as batch_class_name,
        stage_order,
        rate_name
    from {{ ref('batch_class') }}
),

with_all as (
    select * from classes
    union all
    select
        'all' as batch_class,
        '各类合计' as batch_class_name,
        0 as stage_order,
        null::text as rate_name
)

select * from with_all

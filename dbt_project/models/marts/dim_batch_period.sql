{{ config(keys=['batch_period']) }}

with periods as (
    select
        period_code as batch_period,
        period_name as batch_period_name,
        period_number
    from {{ ref('batch_period') }}
),

with_all as (
    select * from periods
    union all
    select
        'all' as batch_period,
        '各期合计' as batch_period_name,
        null::integer as period_number
)

select * from with_all

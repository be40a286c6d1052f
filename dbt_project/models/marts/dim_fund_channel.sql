{{ config(keys=['fund_channel']) }}

with channels as (
    select
        channel_code as fund_channel,
        channel_name as fund_channel_name
    from {{ ref('fund_channel') }}
)

select * from channels

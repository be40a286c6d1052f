{{ config(keys=['fund_source']) }}

with sources as (
    select
        source_code as fund_source,
        source_name as fund_source_name,
        source_kind,
        source_order
    from {{ ref('fund_source') }}
),

with_all as (
    select * from sources
    union all
    select
        'all' as fund_source,
        '全部来源' as fund_source_name,
        'all' as source_kind,
        0 as source_order
)

select * from with_all

{{ config(keys=['list_code']) }}

with lists as (
    select * from {{ ref('project_list') }}
),

with_all as (
    select
        list_code,
        list_name,
        list_level,
        list_kind
    from lists
    union all
    select
        'all' as list_code,
        '全部项目' as list_name,
        'all' as list_level,
        'all' as list_kind
)

select * from with_all

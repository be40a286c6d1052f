{{ config(keys=['permit_code']) }}

with permits as (
    select * from {{ ref('permit') }}
),

named as (
    select
        permit_code,
        permit_name,
        is_before_start
    from permits
)

select * from named

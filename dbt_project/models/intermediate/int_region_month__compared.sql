{{ config(materialized='renewed') }}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

-- A month of the year before that is stated anew moves the growth of this one.
compared as (
    select
        region_code,
        report_month
    from touched
    union
    select
        region_code,
        (report_month + interval '1 year')::date as report_month
    from touched
)

select * from compared

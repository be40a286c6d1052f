{{ config(materialized='renewed') }}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

touched as (
    select distinct
        unit_code,
        extract(year from report_month)::integer as year_number
    from scope
)

select * from touched

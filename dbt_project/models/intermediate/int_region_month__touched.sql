{{ config(materialized='table', post_hook='analyze {{ this }}') }}

with scope as (
    select
        unit_code,
        report_month
    from {{ ref('int_submission__in_scope') }}
),

regions as (
    select * from {{ ref('int_unit__regions') }}
),

published_months as (
    select distinct report_month from {{ ref('stg_publication_scope') }}
),

by_submission as (
    select
        regions.region_code,
        scope.report_month
    from scope
    inner join regions on scope.unit_code = regions.unit_code
),

by_register as (
    select
        regions.region_code,
        published_months.report_month
    from regions
    cross join published_months
    where regions.is_changed
)

select * from by_submission
union
select * from by_register

{{ config(materialized='renewed') }}

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
    inner join regions
        on
            scope.unit_code = regions.unit_code
            and scope.report_month >= regions.valid_from
            and (regions.valid_to is null or scope.report_month < regions.valid_to)
    where regions.is_current
),

-- Months in which a unit is counted in a region now and was not before, or the other way round.
by_register as (
    select
        regions.region_code,
        published_months.report_month
    from regions
    inner join published_months
        on
            regions.valid_from <= published_months.report_month
            and (regions.valid_to is null or regions.valid_to > published_months.report_month)
    where regions.is_changed
    group by regions.unit_code, regions.region_code, published_months.report_month
    having count(*) = 1
)

select * from by_submission
union
select * from by_register

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

regions as (
    select * from {{ ref('int_unit__regions') }}
    where is_current
),

members as (
    select
        touched.report_month,
        touched.region_code,
        regions.region_level,
        regions.unit_code
    from touched
    inner join regions on touched.region_code = regions.region_code
    where
        regions.valid_from <= touched.report_month
        and (regions.valid_to is null or regions.valid_to > touched.report_month)
)

select * from members

with touched as (
    select distinct
        report_month,
        filer_code as unit_code
    from {{ ref('int_platform_month__in_force') }}
)

select * from touched

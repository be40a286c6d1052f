with members as (
    select * from {{ ref('int_region_month__members') }}
),

reported as (
    select
        report_month,
        unit_code
    from {{ current_rows('agg_unit_month') }} as agg_unit_month
    where list_code = 'all'
),

covered as (
    select
        members.report_month,
        members.region_code,
        members.region_level,
        count(members.unit_code)::integer as units_expected,
        count(reported.unit_code)::integer as units_reported
    from members
    left join reported
        on members.report_month = reported.report_month and members.unit_code = reported.unit_code
    group by members.report_month, members.region_code, members.region_level
    having count(reported.unit_code) > 0
)

select * from covered

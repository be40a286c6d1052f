{{
    config(
        keys=['report_month', 'region_code', 'permit_code'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

unit_sums as (
    select * from {{ current_rows('agg_permit_unit_month') }} as agg_permit_unit_month
    where report_month in (select touched.report_month from touched)
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

coverage as (
    select * from {{ current_rows('agg_region_month') }} as agg_region_month
    where list_code = 'all' and report_month in (select touched.report_month from touched)
),

sums as (
    select
        members.report_month,
        members.region_code,
        unit_sums.permit_code,
        members.region_level,
        sum(unit_sums.permit_count)::integer as permit_count,
        sum(unit_sums.permits_needed_count)::integer as permits_needed_count,
        sum(unit_sums.permits_done_count)::integer as permits_done_count,
        sum(unit_sums.overdue_count)::integer as overdue_count,
        sum(unit_sums.not_issued_at_start_count)::integer as not_issued_at_start_count,
        sum(unit_sums.issued_after_start_count)::integer as issued_after_start_count,
        sum(unit_sums.started_before_count)::integer as started_before_count,
        sum(unit_sums.timed_count)::integer as timed_count,
        sum(unit_sums.days_to_permit_sum)::integer as days_to_permit_sum,
        count(unit_sums.unit_code)::integer as units_listing
    from members
    inner join unit_sums
        on members.report_month = unit_sums.report_month and members.unit_code = unit_sums.unit_code
    group by members.report_month, members.region_code, unit_sums.permit_code, members.region_level
),

final as (
    select
        sums.report_month,
        sums.region_code,
        sums.permit_code,
        sums.region_level,
        sums.permit_count,
        sums.permits_needed_count,
        sums.permits_done_count,
        sums.overdue_count,
        sums.not_issued_at_start_count,
        sums.issued_after_start_count,
        sums.started_before_count,
        sums.timed_count,
        sums.days_to_permit_sum,
        round({{ percent('sums.permits_done_count', 'sums.permits_needed_count') }}, 6) as permit_rate_pct,
        round(sums.days_to_permit_sum::numeric / nullif(sums.timed_count, 0), 6) as average_days_to_permit,
        sums.units_listing,
        coverage.units_expected,
        coverage.units_reported
    from sums
    inner join coverage on sums.report_month = coverage.report_month and sums.region_code = coverage.region_code
)

select * from final

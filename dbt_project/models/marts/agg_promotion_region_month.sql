{{
    config(
        keys=['report_month', 'region_code'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

facts as (
    select * from {{ current_rows('fct_investment_promotion_month') }} as fct_investment_promotion_month
    where report_month in (select touched.report_month from touched)
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

coverage as (
    select * from {{ current_rows('agg_region_month') }} as agg_region_month
    where list_code = 'all' and report_month in (select touched.report_month from touched)
),

unit_sums as (
    select
        report_month,
        unit_code,
        count(*) as signed_count,
        sum(agreed_investment_wan) as agreed_investment_wan,
        count(*) filter (where is_signed_this_year) as new_signed_count,
        coalesce(sum(agreed_investment_wan) filter (where is_signed_this_year), 0) as new_agreed_investment_wan,
        count(*) filter (where is_started) as started_count,
        sum(ytd_in_place_wan) as ytd_in_place_wan,
        sum(in_place_wan) as in_place_wan
    from facts
    group by report_month, unit_code
),

sums as (
    select
        members.report_month,
        members.region_code,
        members.region_level,
        sum(unit_sums.signed_count)::integer as signed_count,
        sum(unit_sums.agreed_investment_wan) as agreed_investment_wan,
        sum(unit_sums.new_signed_count)::integer as new_signed_count,
        sum(unit_sums.new_agreed_investment_wan) as new_agreed_investment_wan,
        sum(unit_sums.started_count)::integer as started_count,
        sum(unit_sums.ytd_in_place_wan) as ytd_in_place_wan,
        sum(unit_sums.in_place_wan) as in_place_wan,
        count(unit_sums.unit_code)::integer as units_listing
    from members
    inner join unit_sums
        on members.report_month = unit_sums.report_month and members.unit_code = unit_sums.unit_code
    group by members.report_month, members.region_code, members.region_level
),

final as (
    select
        sums.report_month,
        sums.region_code,
        sums.region_level,
        sums.signed_count,
        sums.agreed_investment_wan,
        sums.new_signed_count,
        sums.new_agreed_investment_wan,
        sums.started_count,
        round({{ percent('sums.started_count', 'sums.signed_count') }}, 6) as promotion_start_rate_pct,
        sums.ytd_in_place_wan,
        sums.in_place_wan,
        round({{ percent('sums.in_place_wan', 'sums.agreed_investment_wan') }}, 6) as in_place_rate_pct,
        sums.units_listing,
        coverage.units_expected,
        coverage.units_reported
    from sums
    inner join coverage on sums.report_month = coverage.report_month and sums.region_code = coverage.region_code
)

select * from final

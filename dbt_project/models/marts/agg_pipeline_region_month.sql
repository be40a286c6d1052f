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
    select * from {{ current_rows('fct_pipeline_month') }} as fct_pipeline_month
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
        count(*) filter (where is_in_stock) as stock_count,
        coalesce(sum(total_investment_wan) filter (where is_in_stock), 0) as stock_investment_wan,
        count(*) filter (where is_new_this_year) as new_count,
        coalesce(sum(total_investment_wan) filter (where is_new_this_year), 0) as new_investment_wan,
        count(*) filter (where is_new_this_year and is_productive) as new_productive_count,
        coalesce(sum(total_investment_wan) filter (where is_new_this_year and is_productive), 0)
            as new_productive_investment_wan,
        count(*) filter (where is_new_this_year and total_investment_wan >= {{ least_project_size_wan() }})
            as new_sizeable_count,
        count(*) filter (where is_converted) as converted_count,
        coalesce(sum(total_investment_wan) filter (where is_converted), 0) as converted_investment_wan
    from facts
    group by report_month, unit_code
),

sums as (
    select
        members.report_month,
        members.region_code,
        members.region_level,
        sum(unit_sums.stock_count)::integer as stock_count,
        sum(unit_sums.stock_investment_wan) as stock_investment_wan,
        sum(unit_sums.new_count)::integer as new_count,
        sum(unit_sums.new_investment_wan) as new_investment_wan,
        sum(unit_sums.new_productive_count)::integer as new_productive_count,
        sum(unit_sums.new_productive_investment_wan) as new_productive_investment_wan,
        sum(unit_sums.new_sizeable_count)::integer as new_sizeable_count,
        sum(unit_sums.converted_count)::integer as converted_count,
        sum(unit_sums.converted_investment_wan) as converted_investment_wan,
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
        sums.stock_count,
        sums.stock_investment_wan,
        sums.new_count,
        sums.new_investment_wan,
        sums.new_productive_count,
        sums.new_productive_investment_wan,
        round({{ percent('sums.new_productive_count', 'sums.new_count') }}, 6) as productive_count_share_pct,
        round({{ percent('sums.new_productive_investment_wan', 'sums.new_investment_wan') }}, 6)
            as productive_investment_share_pct,
        sums.new_sizeable_count,
        sums.converted_count,
        sums.converted_investment_wan,
        sums.stock_count + sums.converted_count as convertible_count,
        round({{ percent('sums.converted_count', '(sums.stock_count + sums.converted_count)') }}, 6)
            as conversion_rate_pct,
        sums.units_listing,
        coverage.units_expected,
        coverage.units_reported
    from sums
    inner join coverage on sums.report_month = coverage.report_month and sums.region_code = coverage.region_code
)

select * from final

{{
    config(
        keys=['report_month', 'region_code', 'fund_source'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

funds as (
    select * from {{ current_rows('agg_fund_unit_month') }} as agg_fund_unit_month
    where report_month in (select touched.report_month from touched)
),

progress as (
    select * from {{ current_rows('agg_unit_month') }} as agg_unit_month
    where list_code = 'all' and report_month in (select touched.report_month from touched)
),

by_source as (
    select
        members.report_month,
        members.region_code,
        members.region_level,
        funds.fund_source,
        sum(funds.funded_count)::integer as funded_count,
        sum(funds.received_wan) as received_wan
    from members
    inner join funds on members.report_month = funds.report_month and members.unit_code = funds.unit_code
    group by members.report_month, members.region_code, members.region_level, funds.fund_source
),

in_total as (
    select
        members.report_month,
        members.region_code,
        'all' as fund_source,
        sum(progress.funds_paid_wan) as paid_wan,
        sum(progress.total_investment_wan) as total_investment_wan,
        sum(progress.annual_plan_wan) as annual_plan_wan
    from members
    inner join progress on members.report_month = progress.report_month and members.unit_code = progress.unit_code
    group by members.report_month, members.region_code
),

wholes as (
    select * from by_source
    where fund_source = 'all'
),

final as (
    select
        by_source.report_month,
        by_source.region_code,
        by_source.fund_source,
        by_source.region_level,
        by_source.funded_count,
        by_source.received_wan,
        round({{ percent('by_source.received_wan', 'wholes.received_wan') }}, 6) as received_share_pct,
        in_total.paid_wan,
        in_total.total_investment_wan,
        in_total.annual_plan_wan,
        round({{ percent('by_source.received_wan', 'in_total.total_investment_wan') }}, 6) as received_of_total_pct,
        round({{ percent('by_source.received_wan', 'in_total.annual_plan_wan') }}, 6) as received_of_plan_pct,
        round({{ percent('in_total.paid_wan', 'by_source.received_wan') }}, 6) as paid_of_received_pct
    from by_source
    inner join wholes on by_source.report_month = wholes.report_month and by_source.region_code = wholes.region_code
    left join in_total
        on
            by_source.report_month = in_total.report_month
            and by_source.region_code = in_total.region_code
            and by_source.fund_source = in_total.fund_source
)

select * from final

{{
    config(
        keys=['report_month', 'region_code', 'target_indicator'],
        scope={'relation': 'int_region_month__affected', 'columns': ['report_month', 'region_code']},
    )
}}

-- depends_on: {{ ref('int_region_month__affected') }}
with targets as (
    select * from {{ ref('int_region_target') }}
),

months as (
    select distinct report_month from targets
),

indicators as (
    select * from {{ ref('target_indicator') }}
),

regions as (
    select distinct on (region_code)
        region_code,
        region_level
    from {{ current_rows('dim_region') }} as dim_region
    order by region_code asc, valid_from desc
),

listed as (
    select agg_region_month.*
    from {{ current_rows('agg_region_month') }} as agg_region_month
    inner join months on agg_region_month.report_month = months.report_month
    where agg_region_month.list_code = 'all'
),

pipeline as (
    select agg_pipeline_region_month.*
    from {{ current_rows('agg_pipeline_region_month') }} as agg_pipeline_region_month
    inner join months on agg_pipeline_region_month.report_month = months.report_month
),

promotion as (
    select agg_promotion_region_month.*
    from {{ current_rows('agg_promotion_region_month') }} as agg_promotion_region_month
    inner join months on agg_promotion_region_month.report_month = months.report_month
),

investment as (
    select agg_fai_region_month.*
    from {{ current_rows('agg_fai_region_month') }} as agg_fai_region_month
    inner join months on agg_fai_region_month.report_month = months.report_month
    where agg_fai_region_month.fai_category = 'total'
),

support as (
    select agg_support_region_month.*
    from {{ current_rows('agg_support_region_month') }} as agg_support_region_month
    inner join months on agg_support_region_month.report_month = months.report_month
),

actuals as (
    select
        listed.report_month,
        listed.region_code,
        told.target_indicator,
        told.actual_base
    from listed
    cross join
        lateral (
            values
            ('annual_completion', listed.ytd_completed_wan),
            ('start_rate', listed.start_rate_pct),
            ('funds_received', listed.funds_received_wan)
        ) as told (target_indicator, actual_base)
    union all
    select
        pipeline.report_month,
        pipeline.region_code,
        told.target_indicator,
        told.actual_base
    from pipeline
    cross join
        lateral (
            values
            ('new_pipeline_count', pipeline.new_count::numeric),
            ('new_pipeline_investment', pipeline.new_investment_wan),
            ('pipeline_count', pipeline.stock_count::numeric),
            ('pipeline_industry_share', pipeline.productive_count_share_pct)
        ) as told (target_indicator, actual_base)
    union all
    select
        promotion.report_month,
        promotion.region_code,
        told.target_indicator,
        told.actual_base
    from promotion
    cross join
        lateral (
            values
            ('promotion_signed', promotion.new_signed_count::numeric),
            ('promotion_in_place', promotion.ytd_in_place_wan)
        ) as told (target_indicator, actual_base)
    union all
    select
        investment.report_month,
        investment.region_code,
        told.target_indicator,
        told.actual_base
    from investment
    cross join
        lateral (
            values
            ('fai_level', investment.ytd_fai_wan),
            ('fai_growth', coalesce(investment.fai_growth_pct, investment.computed_growth_pct))
        ) as told (target_indicator, actual_base)
    union all
    select
        report_month,
        region_code,
        'support_rate' as target_indicator,
        support_rate_pct as actual_base
    from support
),

final as (
    select
        targets.report_month,
        targets.region_code,
        targets.target_indicator,
        regions.region_level,
        indicators.indicator_name,
        extract(year from targets.report_month)::integer as target_year,
        targets.target_unit_code,
        targets.is_own,
        targets.base_unit,
        targets.target_base,
        actuals.actual_base,
        targets.reported_actual_base,
        round({{ percent('actuals.actual_base', 'targets.target_base') }}, 6) as achieved_rate_pct,
        targets.reported_achieved_rate_pct,
        actuals.actual_base - targets.target_base as target_gap_base,
        case when indicators.accrues then round({{ schedule_percent('targets.report_month') }}, 6) end as schedule_pct
    from targets
    inner join indicators on targets.target_indicator = indicators.indicator_code
    left join regions on targets.region_code = regions.region_code
    left join actuals
        on
            targets.report_month = actuals.report_month
            and targets.region_code = actuals.region_code
            and targets.target_indicator = actuals.target_indicator
)

select * from final

{{
    config(
        keys=['report_month', 'region_code'],
        scope={'relation': 'int_region_month__affected', 'columns': ['report_month', 'region_code']},
    )
}}

with affected as (
    select * from {{ ref('int_region_month__affected') }}
),

listed as (
    select * from {{ current_rows('agg_region_month') }} as agg_region_month
    where list_code = 'all' and report_month in (select affected.report_month from affected)
),

targets as (
    select * from {{ ref('int_region_target') }}
),

joined_up as (
    select
        listed.report_month,
        listed.region_code,
        listed.region_level,
        listed.annual_plan_wan,
        fai.target_base as fai_target_wan,
        round({{ percent('listed.annual_plan_wan', 'fai.target_base') }}, 6) as support_rate_pct,
        asked_for.target_base as support_target_pct,
        fai.target_unit_code,
        listed.units_expected,
        listed.units_reported
    from affected
    inner join listed on affected.report_month = listed.report_month and affected.region_code = listed.region_code
    inner join targets as fai
        on
            listed.report_month = fai.report_month
            and listed.region_code = fai.region_code
            and fai.target_indicator = 'fai_level'
    left join targets as asked_for
        on
            listed.report_month = asked_for.report_month
            and listed.region_code = asked_for.region_code
            and asked_for.target_indicator = 'support_rate'
)

select * from joined_up

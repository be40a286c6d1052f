{{
    config(
        keys=['report_month', 'region_code', 'list_code', 'industry_class'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

unit_sums as (
    select * from {{ current_rows('agg_mix_unit_month') }} as agg_mix_unit_month
    where report_month in (select touched.report_month from touched)
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

classes as (
    select * from {{ ref('industry_class') }}
),

sums as (
    select
        members.report_month,
        members.region_code,
        unit_sums.list_code,
        unit_sums.industry_class,
        members.region_level,
        sum(unit_sums.project_count)::integer as project_count,
        sum(unit_sums.total_investment_wan) as total_investment_wan,
        sum(unit_sums.annual_plan_wan) as annual_plan_wan,
        sum(unit_sums.ytd_completed_wan) as ytd_completed_wan
    from members
    inner join unit_sums
        on members.report_month = unit_sums.report_month and members.unit_code = unit_sums.unit_code
    group by
        members.report_month, members.region_code, unit_sums.list_code, unit_sums.industry_class, members.region_level
),

wholes as (
    select
        sums.*,
        sum(sums.project_count) over whole as whole_count,
        sum(sums.total_investment_wan) over whole as whole_investment_wan,
        sum(sums.ytd_completed_wan) over whole as whole_completed_wan
    from sums
    window whole as (partition by sums.report_month, sums.region_code, sums.list_code)
),

final as (
    select
        wholes.report_month,
        wholes.region_code,
        wholes.list_code,
        wholes.industry_class,
        wholes.region_level,
        coalesce(classes.class_name, '未填行业') as class_name,
        classes.is_productive,
        wholes.project_count,
        wholes.total_investment_wan,
        wholes.annual_plan_wan,
        wholes.ytd_completed_wan,
        round({{ percent('wholes.project_count', 'wholes.whole_count') }}, 6) as count_share_pct,
        round({{ percent('wholes.total_investment_wan', 'wholes.whole_investment_wan') }}, 6) as investment_share_pct,
        round({{ percent('wholes.ytd_completed_wan', 'wholes.whole_completed_wan') }}, 6) as completed_share_pct
    from wholes
    left join classes on wholes.industry_class = classes.class_code
)

select * from final

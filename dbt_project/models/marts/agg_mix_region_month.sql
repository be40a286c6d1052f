{{
    config(
        keys=['report_month', 'region_code', 'list_code', 'group_code'],
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

policy_groups as (
    select * from {{ current_rows('dim_policy_group') }} as dim_policy_group
),

sums as (
    select
        members.report_month,
        members.region_code,
        unit_sums.list_code,
        unit_sums.group_code,
        members.region_level,
        sum(unit_sums.project_count)::integer as project_count,
        sum(unit_sums.total_investment_wan) as total_investment_wan,
        sum(unit_sums.annual_plan_wan) as annual_plan_wan,
        sum(unit_sums.ytd_completed_wan) as ytd_completed_wan
    from members
    inner join unit_sums
        on members.report_month = unit_sums.report_month and members.unit_code = unit_sums.unit_code
    group by
        members.report_month, members.region_code, unit_sums.list_code, unit_sums.group_code, members.region_level
),

-- The groups overlap, so the whole is stated beside them.
wholes as (
    select * from sums
    where group_code = 'all'
),

final as (
    select
        sums.report_month,
        sums.region_code,
        sums.list_code,
        sums.group_code,
        sums.region_level,
        case sums.group_code
            when 'all' then '全部'
            when 'unstated' then '未分类'
            else policy_groups.group_name
        end as group_name,
        sums.project_count,
        sums.total_investment_wan,
        sums.annual_plan_wan,
        sums.ytd_completed_wan,
        round({{ percent('sums.project_count', 'wholes.project_count') }}, 6) as count_share_pct,
        round({{ percent('sums.total_investment_wan', 'wholes.total_investment_wan') }}, 6) as investment_share_pct,
        round({{ percent('sums.ytd_completed_wan', 'wholes.ytd_completed_wan') }}, 6) as completed_share_pct
    from sums
    inner join wholes
        on
            sums.report_month = wholes.report_month
            and sums.region_code = wholes.region_code
            and sums.list_code = wholes.list_code
    left join policy_groups on sums.group_code = policy_groups.group_code
)

select * from final

{{
    config(
        keys=['report_month', 'unit_code', 'list_code', 'group_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

policy_groups as (
    select * from {{ current_rows('bridge_project_policy_group') }} as bridge_project_policy_group
),

memberships as (
    select * from {{ current_rows('bridge_project_list') }} as bridge_project_list
),

grouped as (
    select
        keyed.report_month,
        keyed.unit_code,
        keyed.project_sk,
        keyed.total_investment_wan,
        keyed.annual_plan_wan,
        keyed.ytd_completed_wan,
        coalesce(policy_groups.group_code, 'unstated') as group_code
    from keyed
    left join policy_groups
        on
            keyed.report_month = policy_groups.report_month
            and keyed.unit_code = policy_groups.unit_code
            and keyed.project_sk = policy_groups.project_sk
    union all
    select
        report_month,
        unit_code,
        project_sk,
        total_investment_wan,
        annual_plan_wan,
        ytd_completed_wan,
        'all' as group_code
    from keyed
),

counted as (
    select
        grouped.*,
        'all' as list_code
    from grouped
    union all
    select
        grouped.*,
        memberships.list_code
    from grouped
    inner join memberships
        on
            grouped.report_month = memberships.report_month
            and grouped.unit_code = memberships.unit_code
            and grouped.project_sk = memberships.project_sk
),

sums as (
    select
        report_month,
        unit_code,
        list_code,
        group_code,
        count(*)::integer as project_count,
        sum(total_investment_wan) as total_investment_wan,
        sum(annual_plan_wan) as annual_plan_wan,
        sum(ytd_completed_wan) as ytd_completed_wan
    from counted
    group by report_month, unit_code, list_code, group_code
)

select * from sums

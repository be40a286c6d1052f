{{
    config(
        keys=['report_month', 'unit_code', 'list_code', 'industry_class'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

memberships as (
    select * from {{ current_rows('bridge_project_list') }} as bridge_project_list
),

counted as (
    select
        keyed.*,
        'all' as list_code
    from keyed
    union all
    select
        keyed.*,
        memberships.list_code
    from keyed
    inner join memberships
        on
            keyed.report_month = memberships.report_month
            and keyed.unit_code = memberships.unit_code
            and keyed.project_sk = memberships.project_sk
),

sums as (
    select
        report_month,
        unit_code,
        list_code,
        coalesce(industry_class, 'unstated') as industry_class,
        count(*)::integer as project_count,
        sum(total_investment_wan) as total_investment_wan,
        sum(annual_plan_wan) as annual_plan_wan,
        sum(ytd_completed_wan) as ytd_completed_wan
    from counted
    group by report_month, unit_code, list_code, industry_class
)

select * from sums

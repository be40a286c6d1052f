{{
    config(
        keys=['report_month', 'unit_code', 'list_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

with units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
),

-- Cities and provinces file no projects: what they add up stands in fct_reported_total.
scope as (
    select in_scope.*
    from {{ ref('int_submission__in_scope') }} as in_scope
    inner join units on in_scope.unit_code = units.unit_code
    where in_scope.submission_id is not null and units.has_details
),

facts as (
    select fct_project_month.*
    from scope
    inner join {{ current_rows('fct_project_month') }} as fct_project_month
        on scope.report_month = fct_project_month.report_month and scope.unit_code = fct_project_month.unit_code
),

memberships as (
    select * from {{ current_rows('bridge_project_list') }} as bridge_project_list
),

counted as (
    select
        scope.report_month,
        scope.unit_code,
        'all' as list_code,
        facts.project_sk
    from scope
    left join facts on scope.report_month = facts.report_month and scope.unit_code = facts.unit_code
    union all
    select
        memberships.report_month,
        memberships.unit_code,
        memberships.list_code,
        memberships.project_sk
    from scope
    inner join memberships
        on scope.report_month = memberships.report_month and scope.unit_code = memberships.unit_code
),

sums as (
    select
        counted.report_month,
        counted.unit_code,
        counted.list_code,
        count(facts.project_sk)::integer as project_count,
        (count(*) filter (where facts.is_started))::integer as started_count,
        sum(facts.total_investment_wan) as total_investment_wan,
        sum(facts.annual_plan_wan) as annual_plan_wan,
        sum(facts.month_completed_wan) as month_completed_wan,
        sum(facts.ytd_completed_wan) as ytd_completed_wan,
        sum(facts.since_start_wan) as since_start_wan,
        sum(facts.funds_received_wan) as funds_received_wan,
        sum(facts.funds_paid_wan) as funds_paid_wan
    from counted
    left join facts
        on
            counted.report_month = facts.report_month
            and counted.unit_code = facts.unit_code
            and counted.project_sk = facts.project_sk
    group by counted.report_month, counted.unit_code, counted.list_code
)

select * from sums

{%- set month_end = "((report_month + interval '1 month')::date - 1)" %}

with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

permits as (
    select * from {{ ref('stg_permits') }}
),

elements as (
    select * from {{ ref('stg_elements') }}
),

needed_statuses as (
    select status_code from {{ ref('permit_status') }}
    where is_needed::boolean and status_code <> 'done'
),

of_project as (
    select
        keyed.*,
        {{ schedule_percent('keyed.report_month') }} as schedule_pct
    from keyed
),

permits_due as (
    select
        permits.report_month,
        permits.unit_code,
        permits.submission_id,
        permits.project_name,
        permits.project_code,
        upper(permits.due_date) - 1 as due_on
    from scope
    inner join permits
        on scope.report_month = permits.report_month and scope.submission_id = permits.submission_id
    inner join needed_statuses on permits.permit_status = needed_statuses.status_code
    where permits.is_needed is not false
),

elements_due as (
    select
        elements.report_month,
        elements.unit_code,
        elements.submission_id,
        elements.project_name,
        elements.project_code,
        upper(elements.due_date) - 1 as due_on
    from scope
    inner join elements
        on scope.report_month = elements.report_month and scope.submission_id = elements.submission_id
    where elements.granted_quantity < elements.needed_quantity
),

overdue_permits as (
    select
        permits_due.report_month,
        permits_due.unit_code,
        {{ joined_project_sk() }} as project_sk,
        min(permits_due.due_on) as due_on
    from permits_due
    {{ join_project('permits_due') }}
    group by permits_due.report_month, permits_due.unit_code, {{ joined_project_sk() }}
),

overdue_elements as (
    select
        elements_due.report_month,
        elements_due.unit_code,
        {{ joined_project_sk() }} as project_sk,
        min(elements_due.due_on) as due_on
    from elements_due
    {{ join_project('elements_due') }}
    group by elements_due.report_month, elements_due.unit_code, {{ joined_project_sk() }}
),

measured as (
    select
        report_month,
        unit_code,
        project_sk,
        'schedule' as warning_kind,
        schedule_pct - {{ percent('ytd_completed_wan', 'annual_plan_wan') }} as measured_value
    from of_project
    where is_started and production_date is null and annual_plan_wan > 0
    union all
    select
        report_month,
        unit_code,
        project_sk,
        'payment' as warning_kind,
        schedule_pct - {{ percent('funds_paid_wan', 'funds_received_wan') }} as measured_value
    from of_project
    where is_started and funds_received_wan > 0
    union all
    select
        report_month,
        unit_code,
        project_sk,
        'start' as warning_kind,
        12 * (extract(year from report_month) - extract(year from upper(planned_start_date) - 1))
        + extract(month from report_month)
        - extract(month from upper(planned_start_date) - 1) as measured_value
    from of_project
    where is_started is false and planned_start_date is not null
    union all
    select
        report_month,
        unit_code,
        project_sk,
        'statistics' as warning_kind,
        {{ month_end }} - (upper(start_date) - 1) as measured_value
    from of_project
    where
        is_in_statistics is false
        and start_date is not null
        and total_investment_wan >= {{ var('statistics_from_wan') }}
    union all
    select
        report_month,
        unit_code,
        project_sk,
        'permit' as warning_kind,
        {{ month_end }} - due_on as measured_value
    from overdue_permits
    where project_sk is not null
    union all
    select
        report_month,
        unit_code,
        project_sk,
        'element' as warning_kind,
        {{ month_end }} - due_on as measured_value
    from overdue_elements
    where project_sk is not null
)

select * from measured
where measured_value is not null

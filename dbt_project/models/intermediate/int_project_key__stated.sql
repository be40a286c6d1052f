{{ config(materialized='renewed') }}

with scope as (
    select * from {{ ref('int_submission__to_identify') }}
),

progress as (
    select * from {{ ref('stg_project_progress') }}
),

stated as (
    select
        progress.unit_code,
        progress.report_month,
        case when progress.project_code is null then 'name' else 'code' end as key_kind,
        coalesce(progress.project_code, progress.project_name) as key_value,
        progress.project_name,
        progress.total_investment_wan,
        progress.completed_before_year_wan,
        coalesce(
            progress.since_start_wan, progress.completed_before_year_wan + progress.ytd_completed_wan
        ) as since_start_wan,
        progress.start_date,
        progress.project_location,
        progress.responsible_org,
        progress.project_lists,
        progress.sequence_no
    from scope
    inner join progress
        on scope.report_month = progress.report_month and scope.submission_id = progress.submission_id
)

select * from stated

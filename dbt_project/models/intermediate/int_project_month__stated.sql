with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

progress as (
    select * from {{ ref('stg_project_progress') }}
),

stated as (
    select
        progress.*,
        case when progress.project_code is null then 'name' else 'code' end as key_kind,
        coalesce(progress.project_code, progress.project_name) as key_value
    from scope
    inner join progress
        on scope.report_month = progress.report_month and scope.submission_id = progress.submission_id
)

select * from stated

{{ config(materialized='renewed') }}

with recursive stated as (
    select * from {{ ref('int_project_month__keyed') }}
    where parent_project is not null
),

told_names as (
    select * from {{ ref('int_project_reference') }}
),

parents as (
    select
        stated.report_month,
        stated.unit_code,
        stated.submission_id,
        stated.project_sk,
        coalesce(by_code.project_sk, by_name.project_sk) as parent_project_sk
    from stated
    left join told_names as by_code
        on
            stated.report_month = by_code.report_month
            and stated.submission_id = by_code.submission_id
            and stated.parent_project = by_code.reference_value
            and by_code.reference_kind = 'code'
    left join told_names as by_name
        on
            stated.report_month = by_name.report_month
            and stated.submission_id = by_name.submission_id
            and stated.parent_project = by_name.reference_value
            and by_name.reference_kind = 'name'
    where coalesce(by_code.project_sk, by_name.project_sk) is not null
),

lines as (
    select
        report_month,
        unit_code,
        submission_id,
        project_sk,
        parent_project_sk as whole_sk
    from parents
    union
    select
        lines.report_month,
        lines.unit_code,
        lines.submission_id,
        lines.project_sk,
        parents.parent_project_sk as whole_sk
    from lines
    inner join parents
        on lines.submission_id = parents.submission_id and lines.whole_sk = parents.project_sk
),

-- Projects that are parts of each other are parts of nothing.
circles as (
    select
        submission_id,
        project_sk
    from lines
    where project_sk = whole_sk
),

parts as (
    select
        lines.report_month,
        lines.unit_code,
        lines.submission_id,
        lines.project_sk,
        lines.whole_sk,
        coalesce(lines.whole_sk = parents.parent_project_sk, false) as is_parent
    from lines
    inner join parents on lines.submission_id = parents.submission_id and lines.project_sk = parents.project_sk
    left join circles on lines.submission_id = circles.submission_id and lines.project_sk = circles.project_sk
    where circles.project_sk is null
)

select * from parts

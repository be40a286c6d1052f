{{ config(materialized='renewed') }}

with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

stated as (
    select
        report_month,
        unit_code,
        submission_id,
        'code' as reference_kind,
        project_code as reference_value,
        project_code,
        project_sk
    from keyed
    where project_code is not null
    union all
    select
        report_month,
        unit_code,
        submission_id,
        'name' as reference_kind,
        project_name as reference_value,
        project_code,
        project_sk
    from keyed
    where project_name is not null
),

-- What names two projects of a submission names none.
told as (
    select
        report_month,
        unit_code,
        submission_id,
        reference_kind,
        reference_value,
        min(project_code) as project_code,
        min(project_sk) as project_sk
    from stated
    group by report_month, unit_code, submission_id, reference_kind, reference_value
    having count(distinct project_sk) = 1
)

select * from told

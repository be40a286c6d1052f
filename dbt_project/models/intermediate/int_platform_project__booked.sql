{{ config(materialized='renewed') }}

with registered as (
    select distinct
        report_month,
        filer_code
    from {{ ref('int_platform_project__registered') }}
),

in_force as (
    select * from {{ ref('int_platform_month__in_force') }}
),

progress as (
    select * from {{ ref('stg_project_progress') }}
),

natural_keys as (
    select * from {{ ref('int_project__keyed') }}
),

identified as (
    select * from {{ current_rows('int_project__identified') }} as int_project__identified
),

booked as (
    select
        progress.report_month,
        registered.filer_code,
        progress.unit_code,
        progress.row_number,
        progress.project_name,
        progress.project_code,
        progress.total_investment_wan,
        coalesce(identified.project_sk, natural_keys.project_sk) as project_sk,
        count(*) over (
            partition by progress.report_month, registered.filer_code, progress.unit_code, progress.project_code
        ) as same_code,
        count(*) over (
            partition by progress.report_month, registered.filer_code, progress.unit_code, progress.project_name
        ) as same_name
    from registered
    inner join in_force
        on registered.report_month = in_force.report_month and registered.filer_code = in_force.filer_code
    inner join progress
        on in_force.report_month = progress.report_month and in_force.submission_id = progress.submission_id
    left join natural_keys
        on
            progress.unit_code = natural_keys.unit_code
            and natural_keys.key_kind = case when progress.project_code is null then 'name' else 'code' end
            and natural_keys.key_value = coalesce(progress.project_code, progress.project_name)
    left join identified on natural_keys.project_sk = identified.project_key_sk
)

select * from booked

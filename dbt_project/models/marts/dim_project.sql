{{
    config(
        keys=['project_sk'],
        scope={'relation': 'int_project__touched', 'columns': ['project_sk']},
    )
}}

with touched as (
    select * from {{ ref('int_project__touched') }}
),

progress as (
    select * from {{ ref('stg_project_progress') }}
),

described as (
    select
        touched.project_sk,
        touched.unit_code,
        progress.project_name,
        progress.project_code,
        progress.project_location,
        progress.industry_class,
        progress.construction_nature,
        progress.construction_content,
        progress.construction_years,
        progress.responsible_org,
        progress.lead_official
    from touched
    inner join progress
        on
            touched.report_month = progress.report_month
            and touched.submission_id = progress.submission_id
            and touched.key_value = coalesce(progress.project_code, progress.project_name)
            and touched.key_kind = case when progress.project_code is null then 'name' else 'code' end
)

select * from described

{{
    config(
        keys=['report_month', 'unit_code', 'project_reference'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['project_sk']],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

pipeline as (
    select * from {{ ref('stg_pipeline') }}
),

stages as (
    select * from {{ ref('pipeline_stage') }}
),

productive as (
    select * from {{ current_rows('bridge_policy_group') }} as bridge_policy_group
    where member_kind = 'industry_class' and group_code = 'production'
),

stated as (
    select
        pipeline.*,
        {{ joined_project_sk() }} as project_sk
    from scope
    inner join pipeline
        on scope.report_month = pipeline.report_month and scope.submission_id = pipeline.submission_id
    {{ join_project('pipeline') }}
),

facts as (
    select
        stated.report_month,
        stated.unit_code,
        coalesce(stated.project_code, stated.project_name) as project_reference,
        stated.project_sk,
        stated.project_name,
        stated.project_code,
        stated.industry_class,
        productive.member_code is not null as is_productive,
        stated.total_investment_wan,
        stated.pipeline_stage,
        coalesce(stages.is_in_stock, false) as is_in_stock,
        coalesce(stated.pipeline_stage = 'converted', false) as is_converted,
        -- Only a date that lies in the year as a whole tells that the project is new in it.
        coalesce(
            stages.stage_code <> 'dropped'
            and extract(year from lower(stated.reserved_date)) = extract(year from stated.report_month)
            and extract(year from upper(stated.reserved_date) - 1) = extract(year from stated.report_month),
            false
        ) as is_new_this_year,
        stated.reserved_date,
        stated.planned_start_date,
        stated.converted_date,
        stated.responsible_org,
        stated.remark,
        stated.submission_id,
        stated.row_number
    from stated
    left join stages on stated.pipeline_stage = stages.stage_code
    left join productive
        on
            stated.industry_class = productive.member_code
            and stated.report_month >= productive.valid_from
            and (productive.valid_to is null or stated.report_month < productive.valid_to)
)

select * from facts

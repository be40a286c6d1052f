{{
    config(
        keys=['project_sk', 'valid_from'],
        scope={'relation': 'int_project__touched', 'columns': ['project_sk']},
        lookups=[['unit_code']],
    )
}}

with touched as (
    select * from {{ ref('int_project__touched') }}
),

scope as (
    select
        unit_code,
        report_month
    from {{ ref('int_submission__in_scope') }}
),

keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

parts as (
    select * from {{ ref('int_project_month__part') }}
    where is_parent
),

before as (
    select * from {{ ref('int_project__version_before') }}
),

fact_months as not materialized (
    select * from {{ current_rows('fct_project_month') }} as fct_project_month
),

restated as (
    select
        keyed.project_sk,
        keyed.unit_code,
        keyed.report_month as valid_from,
        keyed.project_name,
        keyed.project_code,
        keyed.project_location,
        keyed.industry_class,
        keyed.industry_code,
        keyed.construction_nature,
        keyed.construction_content,
        keyed.construction_years,
        keyed.responsible_org,
        keyed.lead_official,
        keyed.parent_project,
        parts.whole_sk as parent_project_sk
    from keyed
    left join parts on keyed.submission_id = parts.submission_id and keyed.project_sk = parts.project_sk
),

-- Out of scope nothing changed, so that months in which a version may begin are enough: where one began, and where one
-- goes on after a month in scope.
beginnings as (
    select
        before.project_sk,
        before.valid_from as report_month
    from before
    left join scope on before.unit_code = scope.unit_code and before.valid_from = scope.report_month
    where scope.report_month is null
    union
    select
        touched.project_sk,
        next_month.report_month
    from touched
    inner join scope on touched.unit_code = scope.unit_code
    cross join lateral (
        select fact_months.report_month
        from fact_months
        left join scope as also_in_scope
            on touched.unit_code = also_in_scope.unit_code and fact_months.report_month = also_in_scope.report_month
        where
            fact_months.project_sk = touched.project_sk
            and fact_months.report_month > scope.report_month
            and also_in_scope.report_month is null
        order by fact_months.report_month
        limit 1
    ) as next_month
),

kept as (
    select
        before.project_sk,
        before.unit_code,
        beginnings.report_month as valid_from,
        before.project_name,
        before.project_code,
        before.project_location,
        before.industry_class,
        before.industry_code,
        before.construction_nature,
        before.construction_content,
        before.construction_years,
        before.responsible_org,
        before.lead_official,
        before.parent_project,
        before.parent_project_sk
    from beginnings
    inner join before
        on
            beginnings.project_sk = before.project_sk
            and beginnings.report_month >= before.valid_from
            and (before.valid_to is null or beginnings.report_month < before.valid_to)
),

described as (
    select * from restated
    union all
    select * from kept
),

compared as (
    select
        described.*,
        jsonb_build_array(
            described.project_name,
            described.project_code,
            described.project_location,
            described.industry_class,
            described.industry_code,
            described.construction_nature,
            described.construction_content,
            described.construction_years,
            described.responsible_org,
            described.lead_official,
            described.parent_project,
            described.parent_project_sk
        ) as description
    from described
),

changes as (
    select
        compared.*,
        coalesce(
            lag(compared.description) over (partition by compared.project_sk order by compared.valid_from)
            <> compared.description,
            true
        ) as is_change
    from compared
),

versions as (
    select
        project_sk,
        valid_from,
        lead(valid_from) over (partition by project_sk order by valid_from) as valid_to,
        unit_code,
        project_name,
        project_code,
        {{ project_code_form('project_code') }} as code_form,
        project_location,
        industry_class,
        industry_code,
        construction_nature,
        construction_content,
        construction_years,
        responsible_org,
        lead_official,
        parent_project,
        parent_project_sk
    from changes
    where is_change
),

final as (
    select
        project_sk,
        valid_from,
        valid_to,
        valid_to is null as is_latest,
        unit_code,
        project_name,
        project_code,
        code_form,
        project_location,
        industry_class,
        industry_code,
        construction_nature,
        construction_content,
        construction_years,
        responsible_org,
        lead_official,
        parent_project,
        parent_project_sk
    from versions
)

select * from final

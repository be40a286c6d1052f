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

promotion as (
    select * from {{ ref('stg_investment_promotion') }}
),

stated as (
    select
        promotion.*,
        {{ joined_project_sk() }} as project_sk
    from scope
    inner join promotion
        on scope.report_month = promotion.report_month and scope.submission_id = promotion.submission_id
    {{ join_project('promotion') }}
),

facts as (
    select
        report_month,
        unit_code,
        coalesce(project_code, project_name) as project_reference,
        project_sk,
        project_name,
        project_code,
        investor_name,
        industry_class,
        signed_date,
        coalesce(
            extract(year from lower(signed_date)) = extract(year from report_month)
            and extract(year from upper(signed_date) - 1) = extract(year from report_month),
            false
        ) as is_signed_this_year,
        agreed_investment_wan,
        ytd_in_place_wan,
        in_place_wan,
        in_place_rate_pct as reported_in_place_rate_pct,
        is_started,
        remark,
        submission_id,
        row_number
    from stated
)

select * from facts

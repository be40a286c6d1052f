{{
    config(
        keys=['report_month', 'unit_code', 'register_key'],
        scope={'relation': 'int_platform_month__touched', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['project_sk']],
    )
}}

-- depends_on: {{ ref('int_platform_month__touched') }}
with matched as (
    select * from {{ ref('int_platform_project__matched') }}
),

facts as (
    select
        report_month,
        filer_code as unit_code,
        register_key,
        unit_code as book_unit_code,
        project_sk,
        matched_by,
        project_name,
        project_code,
        region_name,
        total_investment_wan,
        platform_status,
        remark,
        submission_id,
        row_number
    from matched
)

select * from facts

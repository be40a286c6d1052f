{{
    config(
        keys=['report_month', 'unit_code', 'project_sk'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['project_sk']],
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

facts as (
    select
        report_month,
        unit_code,
        project_sk,
        is_started,
        total_investment_wan,
        completed_before_year_wan,
        annual_plan_wan,
        month_completed_wan,
        ytd_completed_wan,
        since_start_wan,
        funds_received_wan,
        funds_central_wan,
        funds_provincial_wan,
        funds_local_wan,
        funds_bond_wan,
        funds_loan_wan,
        funds_own_wan,
        funds_paid_wan,
        approval_date,
        contract_date,
        start_date,
        production_date,
        physical_progress,
        problems,
        remark,
        submission_id,
        row_number
    from keyed
)

select * from facts

{{
    config(
        keys=['report_month', 'unit_code', 'project_sk'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['project_sk', 'report_month']],
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

parts as (
    select * from {{ ref('int_project_month__part') }}
    where is_parent
),

facts as (
    select
        keyed.report_month,
        keyed.unit_code,
        keyed.project_sk,
        keyed.project_status,
        keyed.is_started,
        keyed.is_in_statistics,
        parts.project_sk is not null as is_part,
        keyed.total_investment_wan,
        keyed.completed_before_year_wan,
        keyed.annual_plan_wan,
        keyed.month_completed_wan,
        keyed.ytd_completed_wan,
        keyed.since_start_wan,
        keyed.funds_received_wan,
        keyed.funds_central_wan,
        keyed.funds_provincial_wan,
        keyed.funds_local_wan,
        keyed.funds_bond_wan,
        keyed.funds_loan_wan,
        keyed.funds_own_wan,
        keyed.funds_paid_wan,
        keyed.approval_date,
        keyed.contract_date,
        keyed.planned_start_date,
        keyed.start_date,
        keyed.statistics_entry_date,
        keyed.production_date,
        keyed.capacity_date,
        keyed.completion_date,
        keyed.physical_progress,
        keyed.problems,
        keyed.remark,
        keyed.submission_id,
        keyed.row_number
    from keyed
    left join parts on keyed.submission_id = parts.submission_id and keyed.project_sk = parts.project_sk
)

select * from facts

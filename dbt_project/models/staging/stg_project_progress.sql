with source as (
    select * from {{ source('raw', 'project_progress') }}
),

renamed as (
    select
        submission_id,
        report_month,
        unit_code,
        row_number,
        sequence_no,
        project_name,
        project_code,
        project_location,
        project_lists,
        industry_class,
        construction_nature,
        construction_content,
        construction_years,
        total_investment_wan,
        completed_before_year_wan,
        annual_plan_wan,
        month_completed_wan,
        ytd_completed_wan,
        completion_rate_pct,
        schedule_gap_pp,
        since_start_wan,
        funds_received_wan,
        funds_central_wan,
        funds_provincial_wan,
        funds_local_wan,
        funds_bond_wan,
        funds_loan_wan,
        funds_own_wan,
        funds_received_rate_pct,
        funds_paid_wan,
        is_started,
        is_in_statistics,
        approval_date,
        contract_date,
        start_date,
        production_date,
        physical_progress,
        problems,
        responsible_org,
        lead_official,
        remark,
        extras
    from source
)

select * from renamed

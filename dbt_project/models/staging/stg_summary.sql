with source as (
    select * from {{ source('raw', 'summary') }}
),

renamed as (
    select
        submission_id,
        report_month,
        unit_code,
        row_number,
        breakdown_name,
        item_name,
        project_count,
        count_share_pct,
        not_started_count,
        under_construction_count,
        in_production_count,
        started_count,
        start_rate_pct,
        total_investment_wan,
        investment_share_pct,
        annual_plan_wan,
        month_completed_wan,
        ytd_completed_wan,
        completion_rate_pct,
        schedule_gap_pp,
        funds_received_wan,
        funds_received_rate_pct,
        funds_paid_wan,
        remark,
        extras
    from source
)

select * from renamed

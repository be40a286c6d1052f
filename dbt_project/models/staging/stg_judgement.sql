with source as (
    select * from {{ source('audit', 'judgement') }}
),

renamed as (
    select
        gate_run_id,
        submission_id,
        unit_code,
        report_month,
        outcome
    from source
)

select * from renamed

with source as (
    select * from {{ source('audit', 'submission_rule_run') }}
),

renamed as (
    select
        gate_run_id,
        submission_id,
        check_id,
        rows_checked,
        rows_failed,
        rows_untold
    from source
)

select * from renamed

with source as (
    select * from {{ source('audit', 'rule_run') }}
),

renamed as (
    select
        gate_run_id,
        check_id,
        rule_id,
        severity
    from source
)

select * from renamed

with source as (
    select * from {{ source('ops', 'submission') }}
),

renamed as (
    select
        submission_id,
        unit_code,
        report_month,
        state as submission_state,
        coalesce(filed_on, (received_at at time zone 'Asia/Shanghai')::date) as filed_on,
        received_at
    from source
)

select * from renamed

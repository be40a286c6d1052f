with source as (
    select * from {{ source('ops', 'publication_scope') }}
),

renamed as (
    select
        publication_id,
        unit_code,
        report_month,
        submission_id,
        refused_count
    from source
)

select * from renamed

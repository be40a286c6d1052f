with source as (
    select * from {{ source('raw', 'reported_total') }}
),

renamed as (
    select
        submission_id,
        report_month,
        unit_code,
        sheet,
        row_number,
        column_name,
        total_kind,
        label,
        detail_rows,
        reported_value,
        half_width
    from source
)

select * from renamed

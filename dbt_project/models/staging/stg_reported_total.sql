-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
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
from {{ source('raw', 'reported_total') }}

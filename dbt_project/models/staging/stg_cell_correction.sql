-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    sheet,
    row_number,
    column_name,
    correction_id,
    old_value,
    new_value,
    half_width,
    created_at
from {{ source('raw', 'cell_correction') }}

-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    sequence_no,
    project_name,
    project_code,
    element_kind,
    quantity_unit,
    needed_quantity,
    granted_quantity,
    granted_date,
    document_no,
    due_date,
    remark,
    extras
from {{ corrected(source('raw', 'elements')) }} as corrected

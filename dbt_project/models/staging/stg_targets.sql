-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    region_name,
    target_indicator,
    quantity_unit,
    target_quantity,
    actual_quantity,
    achieved_rate_pct,
    remark,
    extras
from {{ corrected(source('raw', 'targets')) }} as corrected

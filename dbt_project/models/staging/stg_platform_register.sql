-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    sequence_no,
    project_name,
    project_code,
    region_name,
    total_investment_wan,
    platform_status,
    remark,
    extras
from {{ corrected(source('raw', 'platform_register')) }} as corrected

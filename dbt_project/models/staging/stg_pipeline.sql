-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    sequence_no,
    project_name,
    project_code,
    industry_class,
    total_investment_wan,
    pipeline_stage,
    reserved_date,
    planned_start_date,
    converted_date,
    responsible_org,
    remark,
    extras
from {{ corrected(source('raw', 'pipeline')) }} as corrected

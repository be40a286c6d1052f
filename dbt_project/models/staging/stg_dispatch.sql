-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    sequence_no,
    project_name,
    project_code,
    leader_name,
    leader_role,
    event_kind,
    event_date,
    visit_count,
    problem_text,
    result_text,
    remark,
    extras
from {{ corrected(source('raw', 'dispatch')) }} as corrected

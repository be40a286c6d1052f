-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    issue_no,
    project_name,
    project_code,
    issue_class,
    issue_text,
    raised_date,
    responsible_org,
    owner_name,
    due_date,
    escalation_level,
    is_closed,
    closed_date,
    result_text,
    remark,
    extras
from {{ corrected(source('raw', 'issues')) }} as corrected

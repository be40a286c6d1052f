-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    gate_run_id,
    submission_id,
    unit_code,
    report_month,
    outcome
from {{ source('audit', 'judgement') }}

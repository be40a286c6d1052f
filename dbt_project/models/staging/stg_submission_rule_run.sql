-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    gate_run_id,
    submission_id,
    check_id,
    rows_checked,
    rows_failed,
    rows_untold
from {{ source('audit', 'submission_rule_run') }}

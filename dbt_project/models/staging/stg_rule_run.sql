-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    gate_run_id,
    check_id,
    rule_id,
    severity
from {{ source('audit', 'rule_run') }}

-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    unit_kind,
    report_month,
    due_on
from {{ source('ops', 'due_date') }}

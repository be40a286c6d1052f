-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    unit_code,
    report_month,
    state as submission_state,
    coalesce(filed_on, (received_at at time zone 'Asia/Shanghai')::date) as filed_on,
    received_at
from {{ source('ops', 'submission') }}

-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    approval_id,
    unit_code,
    report_month,
    submission_id,
    amendment_id as correction_id
from {{ source('ops', 'approval') }}
where decision = 'restatement_approved'

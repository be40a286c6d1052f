-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    publication_id,
    unit_code,
    report_month,
    submission_id,
    refused_count
from {{ source('ops', 'publication_scope') }}

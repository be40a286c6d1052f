-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    gate_run_id,
    catalogue_version
from {{ source('audit', 'gate_run') }}
where state = 'done'

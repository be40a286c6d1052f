-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    publication_id,
    state as publication_state,
    opened_at,
    published_at
from {{ source('ops', 'publication') }}

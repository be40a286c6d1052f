with building as (
    select publication_id from {{ ref('stg_publication') }}
    where publication_state = 'building'
)

select * from building

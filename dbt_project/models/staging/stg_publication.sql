with source as (
    select * from {{ source('ops', 'publication') }}
),

renamed as (
    select
        publication_id,
        state as publication_state
    from source
)

select * from renamed

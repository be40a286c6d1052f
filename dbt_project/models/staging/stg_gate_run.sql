with source as (
    select * from {{ source('audit', 'gate_run') }}
),

renamed as (
    select
        gate_run_id,
        catalogue_version
    from source
    where state = 'done'
)

select * from renamed

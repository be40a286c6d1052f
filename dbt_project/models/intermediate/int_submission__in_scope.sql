with scope as (
    select * from {{ ref('stg_publication_scope') }}
),

publications as (
    select * from {{ ref('stg_publication') }}
),

in_scope as (
    select
        scope.unit_code,
        scope.report_month,
        scope.submission_id
    from scope
    inner join publications on scope.publication_id = publications.publication_id
    where publications.publication_state = 'building'
)

select * from in_scope

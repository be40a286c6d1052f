{{ config(materialized='renewed') }}

-- A register is held against the books again when it is new, and when the book of one of its units is.
with scope as (
    select
        report_month,
        unit_code
    from {{ ref('int_submission__in_scope') }}
),

places as (
    select * from {{ ref('int_platform_unit') }}
),

publications as (
    select * from {{ ref('stg_publication') }}
    where publication_state in ('published', 'building')
),

scopes as (
    select * from {{ ref('stg_publication_scope') }}
),

filers as (
    select
        report_month,
        unit_code as filer_code
    from scope
    union
    select
        scope.report_month,
        places.filer_code
    from scope
    inner join places on scope.unit_code = places.unit_code
),

wanted as (
    select
        report_month,
        filer_code,
        filer_code as unit_code
    from filers
    union
    select
        filers.report_month,
        filers.filer_code,
        places.unit_code
    from filers
    inner join places
        on
            filers.filer_code = places.filer_code
            and filers.report_month >= places.valid_from
            and (places.valid_to is null or filers.report_month < places.valid_to)
),

asked as (
    select distinct
        report_month,
        unit_code
    from wanted
),

ranked as (
    select
        asked.report_month,
        asked.unit_code,
        scopes.submission_id,
        row_number() over (
            partition by asked.report_month, asked.unit_code order by publications.publication_id desc
        ) as newest_first
    from asked
    inner join scopes on asked.report_month = scopes.report_month and asked.unit_code = scopes.unit_code
    inner join publications on scopes.publication_id = publications.publication_id
),

in_force as (
    select
        wanted.report_month,
        wanted.filer_code,
        wanted.unit_code,
        ranked.submission_id
    from wanted
    left join ranked
        on
            wanted.report_month = ranked.report_month
            and wanted.unit_code = ranked.unit_code
            and ranked.newest_first = 1
)

select * from in_force

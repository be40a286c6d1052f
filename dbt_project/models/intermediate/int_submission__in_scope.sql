{{ config(materialized='renewed') }}

with opened_for as (
    select
        scope.unit_code,
        scope.report_month,
        scope.submission_id
    from {{ ref('stg_publication_scope') }} as scope
    inner join {{ ref('stg_publication') }} as publications on scope.publication_id = publications.publication_id
    where publications.publication_state = 'building'
),

in_force as (
    select * from {{ ref('int_submission__in_force') }}
),

moved as (
    select distinct project_key_sk from {{ ref('int_project__identified') }}
    where published_from = {{ building_publication() }} or published_to = {{ building_publication() }}
),

key_months as not materialized (
    select * from {{ current_rows('int_project_key_month') }} as int_project_key_month
),

moved_months as (
    select distinct
        key_months.unit_code,
        key_months.report_month
    from moved
    inner join key_months on moved.project_key_sk = key_months.project_key_sk
),

by_identity as (
    select
        moved_months.unit_code,
        moved_months.report_month,
        in_force.submission_id
    from moved_months
    inner join in_force
        on moved_months.unit_code = in_force.unit_code and moved_months.report_month = in_force.report_month
),

in_scope as (
    select * from opened_for
    union
    select * from by_identity
)

select * from in_scope

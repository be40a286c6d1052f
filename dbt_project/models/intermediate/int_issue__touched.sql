{{ config(materialized='renewed') }}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

facts as (
    select
        report_month,
        unit_code,
        issue_key
    from {{ ref('fct_issue_month') }}
    where published_to is null or published_to = {{ building_publication() }}
),

touched as (
    select distinct
        facts.unit_code,
        facts.issue_key
    from scope
    inner join facts on scope.report_month = facts.report_month and scope.unit_code = facts.unit_code
)

select * from touched

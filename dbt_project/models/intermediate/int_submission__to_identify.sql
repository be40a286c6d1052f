{{ config(materialized='renewed') }}

with publications as (
    select * from {{ ref('stg_publication') }}
    where publication_state = 'building' {% if has_no_key_months() %}or publication_state = 'published'{% endif %}
),

scope as (
    select * from {{ ref('stg_publication_scope') }}
),

ranked as (
    select
        scope.unit_code,
        scope.report_month,
        scope.submission_id,
        row_number() over (
            partition by scope.unit_code, scope.report_month order by scope.publication_id desc
        ) as newest_first
    from publications
    inner join scope on publications.publication_id = scope.publication_id
),

to_identify as (
    select
        unit_code,
        report_month,
        submission_id
    from ranked
    where newest_first = 1
)

select * from to_identify

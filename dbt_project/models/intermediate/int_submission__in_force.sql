with units as (
    select unit_code from {{ ref('int_project_unit__in_question') }}
),

publications as (
    select * from {{ ref('stg_publication') }}
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
    from scope
    inner join units on scope.unit_code = units.unit_code
    inner join publications on scope.publication_id = publications.publication_id
    where publications.publication_state in ('published', 'building')
),

in_force as (
    select
        unit_code,
        report_month,
        submission_id
    from ranked
    where newest_first = 1 and submission_id is not null
)

select * from in_force

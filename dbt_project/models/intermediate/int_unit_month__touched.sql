{{ config(materialized='renewed') }}

with scope as (
    select
        unit_code,
        report_month
    from {{ ref('int_submission__in_scope') }}
),

publications as (
    select * from {{ ref('stg_publication') }}
),

scopes as not materialized (
    select * from {{ ref('stg_publication_scope') }}
),

judgements as (
    select * from {{ ref('stg_judgement') }}
),

units as (
    select
        unit_code,
        province_code,
        published_to is null as is_current,
        published_from = {{ building_publication() }} or published_to is not null as is_changed
    from {{ ref('dim_reporting_unit') }}
    where published_to is null or published_to = {{ building_publication() }}
),

province_months as (
    select distinct
        units.province_code,
        scope.report_month
    from scope
    inner join units on scope.unit_code = units.unit_code
),

known_province_months as (
    select distinct
        province_months.province_code,
        province_months.report_month
    from province_months
    inner join units on province_months.province_code = units.province_code
    inner join scopes
        on units.unit_code = scopes.unit_code and province_months.report_month = scopes.report_month
    inner join publications on scopes.publication_id = publications.publication_id
    where publications.publication_state = 'published'
),

-- The first that is heard of a month: it is expected of every unit of the province from now on.
by_month as (
    select
        units.unit_code,
        province_months.report_month
    from province_months
    inner join units on province_months.province_code = units.province_code
    left join known_province_months
        on
            province_months.province_code = known_province_months.province_code
            and province_months.report_month = known_province_months.report_month
    where known_province_months.report_month is null
),

by_register as (
    select distinct
        changed.unit_code,
        scopes.report_month
    from units as changed
    inner join units as neighbours on changed.province_code = neighbours.province_code
    inner join scopes on neighbours.unit_code = scopes.unit_code
    inner join publications on scopes.publication_id = publications.publication_id
    where changed.is_changed and publications.publication_state in ('published', 'building')
),

-- Whether a finding is a repeated one depends on the report before.
following as (
    select
        scope.unit_code,
        min(judgements.report_month) as report_month
    from scope
    inner join judgements
        on scope.unit_code = judgements.unit_code and scope.report_month < judgements.report_month
    group by scope.unit_code, scope.report_month
),

touched as (
    select * from scope
    union
    select * from by_month
    union
    select * from by_register
    union
    select * from following
),

ranked as (
    select
        touched.unit_code,
        touched.report_month,
        scopes.submission_id,
        coalesce(scopes.refused_count, 0) as refused_count,
        row_number() over (
            partition by touched.unit_code, touched.report_month
            order by publications.publication_id desc nulls last
        ) as newest_first
    from touched
    left join scopes on touched.unit_code = scopes.unit_code and touched.report_month = scopes.report_month
    left join publications on scopes.publication_id = publications.publication_id
    where publications.publication_state is distinct from 'failed'
),

shown as (
    select
        touched.unit_code,
        touched.report_month,
        ranked.submission_id,
        coalesce(ranked.refused_count, 0) as refused_count
    from touched
    left join ranked
        on
            touched.unit_code = ranked.unit_code
            and touched.report_month = ranked.report_month
            and ranked.newest_first = 1
)

select * from shown

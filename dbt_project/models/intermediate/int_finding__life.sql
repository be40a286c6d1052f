with touched as (
    select * from {{ ref('int_unit_month__touched') }}
),

life as (
    select
        life.unit_code,
        life.report_month,
        life.finding_key,
        life.last_finding_id as finding_id,
        life.first_submission_id,
        life.version_count,
        life.status,
        coalesce(life.fixed_in_version, life.gone_in_version) as ended_in_version,
        life.explanation
    from touched
    cross join lateral audit.finding_life_of(touched.unit_code, touched.report_month) as life
)

select * from life

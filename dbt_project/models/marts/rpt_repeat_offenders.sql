{{
    config(
        keys=['unit_code', 'check_id'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['unit_code']},
    )
}}

with units as (
    select distinct unit_code from {{ ref('int_submission__in_scope') }}
),

versions as (
    select * from {{ ref('int_submission__versions') }}
),

findings as (
    select * from {{ current_rows('fct_finding') }} as fct_finding
    where verdict = 'contradiction' and severity in ('block', 'warn') and status <> 'waived'
),

failed as (
    select
        findings.unit_code,
        findings.check_id,
        findings.report_month,
        count(*) as finding_count
    from units
    inner join findings on units.unit_code = findings.unit_code
    group by findings.unit_code, findings.check_id, findings.report_month
),

reports as (
    select distinct
        unit_code,
        report_month,
        report_number
    from versions
),

-- Reports in a row have the same difference between their number and their rank among those that failed.
numbered as (
    select
        failed.*,
        reports.report_number - row_number() over (
            partition by failed.unit_code, failed.check_id order by failed.report_month
        ) as run_number,
        max(reports.report_number) over (partition by failed.unit_code, failed.check_id)
        - count(*) over (partition by failed.unit_code, failed.check_id) as last_run_number
    from failed
    inner join reports on failed.unit_code = reports.unit_code and failed.report_month = reports.report_month
),

offenders as (
    select
        unit_code,
        check_id,
        count(*)::integer as months_failed,
        min(report_month) as first_month,
        max(report_month) as last_month,
        (count(*) filter (where run_number = last_run_number))::integer as months_in_a_row,
        sum(finding_count)::integer as findings
    from numbered
    group by unit_code, check_id
    having count(*) > 1
)

select * from offenders

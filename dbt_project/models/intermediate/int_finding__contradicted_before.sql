with touched as (
    select * from {{ ref('int_unit_month__touched') }}
),

versions as (
    select * from {{ ref('int_submission__versions') }}
),

findings as (
    select * from {{ ref('stg_finding') }}
    where verdict = 'contradiction' and severity in ('block', 'warn') and waiver_id is null
),

reports as (
    select distinct
        versions.unit_code,
        versions.report_month,
        versions.report_number
    from touched
    inner join versions on touched.unit_code = versions.unit_code and touched.report_month = versions.report_month
),

contradicted as (
    select distinct
        reports.unit_code,
        reports.report_month,
        findings.check_id
    from reports
    inner join versions as earlier
        on reports.unit_code = earlier.unit_code and reports.report_number = earlier.report_number + 1
    inner join findings
        on earlier.submission_id = findings.submission_id and earlier.gate_run_id = findings.gate_run_id
)

select * from contradicted

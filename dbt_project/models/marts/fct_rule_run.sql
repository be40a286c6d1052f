{{
    config(
        keys=['unit_code', 'report_month', 'check_id'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['unit_code', 'report_month']},
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

versions as (
    select * from {{ ref('int_submission__versions') }}
    where is_last
),

outcomes as (
    select * from {{ ref('stg_submission_rule_run') }}
),

rule_runs as (
    select * from {{ ref('stg_rule_run') }}
),

judged as (
    select
        scope.unit_code,
        scope.report_month,
        outcomes.check_id,
        rule_runs.rule_id,
        rule_runs.severity,
        outcomes.submission_id,
        outcomes.gate_run_id,
        outcomes.rows_checked,
        outcomes.rows_failed,
        outcomes.rows_untold
    from scope
    inner join versions on scope.unit_code = versions.unit_code and scope.report_month = versions.report_month
    inner join outcomes
        on versions.submission_id = outcomes.submission_id and versions.gate_run_id = outcomes.gate_run_id
    inner join rule_runs
        on outcomes.gate_run_id = rule_runs.gate_run_id and outcomes.check_id = rule_runs.check_id
)

select * from judged

{{
    config(
        keys=['report_month', 'unit_code', 'project_sk', 'warning_kind'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        lookups=[['project_sk']],
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with measured as (
    select * from {{ ref('int_project_warning__measured') }}
),

kinds as (
    select * from {{ ref('warning_kind') }}
),

thresholds as (
    select * from {{ ref('warning_threshold') }}
),

versions as (
    select
        valid_from,
        lead(valid_from) over (order by valid_from) as valid_to
    from (select distinct valid_from from thresholds) as version_starts
),

lit as (
    select
        measured.report_month,
        measured.unit_code,
        measured.project_sk,
        measured.warning_kind,
        thresholds.light,
        measured.measured_value,
        thresholds.threshold,
        thresholds.valid_from as threshold_valid_from,
        row_number() over (
            partition by measured.report_month, measured.unit_code, measured.project_sk, measured.warning_kind
            order by thresholds.threshold desc
        ) as worst_first
    from measured
    inner join kinds on measured.warning_kind = kinds.warning_kind
    inner join versions
        on
            measured.report_month >= versions.valid_from
            and (versions.valid_to is null or measured.report_month < versions.valid_to)
    inner join thresholds
        on versions.valid_from = thresholds.valid_from and measured.warning_kind = thresholds.warning_kind
    where
        measured.measured_value > thresholds.threshold
        or (kinds.is_at_threshold and measured.measured_value = thresholds.threshold)
),

final as (
    select
        report_month,
        unit_code,
        project_sk,
        warning_kind,
        light,
        round(measured_value, 6) as measured_value,
        threshold,
        threshold_valid_from
    from lit
    where worst_first = 1
)

select * from final

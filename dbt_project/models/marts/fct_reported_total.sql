{{
    config(
        keys=['report_month', 'unit_code', 'sheet', 'row_number', 'column_name'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id'],
    )
}}

{%- set summary_measures = [
    'project_count', 'count_share_pct', 'not_started_count', 'under_construction_count', 'in_production_count',
    'started_count', 'start_rate_pct', 'total_investment_wan', 'investment_share_pct', 'annual_plan_wan',
    'month_completed_wan', 'ytd_completed_wan', 'completion_rate_pct', 'schedule_gap_pp', 'funds_received_wan',
    'funds_received_rate_pct', 'funds_paid_wan', 'permits_needed_count', 'permits_done_count', 'permit_rate_pct',
] %}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

totals_rows as (
    select * from {{ ref('stg_reported_total') }}
),

classes as (
    select * from {{ ref('stg_summary') }}
),

from_totals_rows as (
    select
        totals_rows.report_month,
        totals_rows.unit_code,
        totals_rows.sheet,
        totals_rows.row_number,
        totals_rows.column_name,
        totals_rows.total_kind,
        null::text as breakdown_code,
        totals_rows.label,
        totals_rows.detail_rows,
        totals_rows.reported_value,
        totals_rows.submission_id
    from scope
    inner join totals_rows
        on scope.report_month = totals_rows.report_month and scope.submission_id = totals_rows.submission_id
),

classes_in_scope as (
    select classes.*
    from scope
    inner join classes
        on scope.report_month = classes.report_month and scope.submission_id = classes.submission_id
),

from_classes as (
    {%- for measure in summary_measures %}
    select
        report_month,
        unit_code,
        'summary' as sheet,
        row_number,
        '{{ measure }}' as column_name,
        'class' as total_kind,
        breakdown_name as breakdown_code,
        item_name as label,
        null::integer[] as detail_rows,
        {{ measure }}::numeric as reported_value,
        submission_id
    from classes_in_scope
    where {{ measure }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

all_totals as (
    select * from from_totals_rows
    union all
    select * from from_classes
)

select * from all_totals

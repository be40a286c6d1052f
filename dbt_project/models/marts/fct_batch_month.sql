{{
    config(
        keys=['report_month', 'unit_code', 'batch_period', 'batch_class'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

batches as (
    select * from {{ ref('stg_batches') }}
),

stated as (
    select
        batches.report_month,
        batches.unit_code,
        batches.batch_period,
        batches.batch_class,
        sum(batches.project_count)::integer as project_count,
        sum(batches.total_investment_wan) as total_investment_wan,
        sum(batches.converted_count)::integer as converted_count,
        sum(batches.converted_investment_wan) as converted_investment_wan,
        min(batches.submission_id) as submission_id,
        min(batches.row_number) as row_number
    from scope
    inner join batches on scope.report_month = batches.report_month and scope.submission_id = batches.submission_id
    where batches.batch_period is not null and batches.batch_class is not null
    group by batches.report_month, batches.unit_code, batches.batch_period, batches.batch_class
)

select * from stated

{{
    config(
        keys=['report_month', 'unit_code', 'fund_channel', 'cohort', 'funnel_stage'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

funds as (
    select * from {{ ref('stg_funds_and_bonds') }}
),

stated as (
    select
        funds.report_month,
        funds.unit_code,
        funds.fund_channel,
        coalesce(regexp_replace(funds.cohort, '\s', '', 'g'), '') as cohort,
        funds.funnel_stage,
        sum(funds.project_count)::integer as project_count,
        sum(funds.total_investment_wan) as total_investment_wan,
        sum(funds.demand_wan) as demand_wan,
        sum(funds.other_sources_wan) as other_sources_wan,
        sum(funds.granted_wan) as granted_wan,
        sum(funds.paid_wan) as paid_wan,
        min(funds.submission_id) as submission_id,
        min(funds.row_number) as row_number
    from scope
    inner join funds on scope.report_month = funds.report_month and scope.submission_id = funds.submission_id
    where funds.fund_channel is not null and funds.funnel_stage is not null
    group by
        funds.report_month, funds.unit_code, funds.fund_channel,
        coalesce(regexp_replace(funds.cohort, '\s', '', 'g'), ''), funds.funnel_stage
)

select * from stated

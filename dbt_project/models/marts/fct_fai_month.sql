{{
    config(
        keys=['report_month', 'unit_code', 'fai_category'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

investment as (
    select * from {{ ref('stg_fixed_asset_investment') }}
),

facts as (
    select
        investment.report_month,
        investment.unit_code,
        investment.fai_category,
        investment.ytd_fai_wan,
        investment.last_year_ytd_fai_wan,
        investment.fai_growth_pct,
        round(
            {{ percent('investment.ytd_fai_wan', 'investment.last_year_ytd_fai_wan') }} - 100, 6
        ) as computed_growth_pct,
        exists(
            select 1 from {{ ref('scope_word') }} as words
            where strpos(investment.remark, words.word) > 0
        ) as is_scope_noted,
        investment.remark,
        investment.submission_id,
        investment.row_number
    from scope
    inner join investment
        on scope.report_month = investment.report_month and scope.submission_id = investment.submission_id
    where investment.fai_category is not null
)

select * from facts

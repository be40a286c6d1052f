{{
    config(
        keys=['report_month', 'region_code', 'batch_period', 'batch_class'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

batches as (
    select * from {{ current_rows('fct_batch_month') }} as fct_batch_month
    where report_month in (select touched.report_month from touched)
),

sums as (
    select
        members.report_month,
        members.region_code,
        coalesce(batches.batch_period, 'all') as batch_period,
        coalesce(batches.batch_class, 'all') as batch_class,
        members.region_level,
        count(distinct batches.unit_code)::integer as stating_units,
        sum(batches.project_count)::integer as project_count,
        sum(batches.total_investment_wan) as total_investment_wan,
        sum(batches.converted_count)::integer as converted_count,
        sum(batches.converted_investment_wan) as converted_investment_wan,
        case
            when grouping(batches.batch_class) = 0
                then (sum(batches.project_count) filter (where batches.converted_count is not null))::integer
        end as rated_count
    from members
    inner join batches on members.report_month = batches.report_month and members.unit_code = batches.unit_code
    group by
        members.report_month, members.region_code, members.region_level,
        cube (batches.batch_period, batches.batch_class)
),

final as (
    select
        report_month,
        region_code,
        batch_period,
        batch_class,
        region_level,
        stating_units,
        project_count,
        total_investment_wan,
        converted_count,
        converted_investment_wan,
        rated_count,
        round({{ percent('converted_count', 'rated_count') }}, 6) as conversion_rate_pct
    from sums
)

select * from final

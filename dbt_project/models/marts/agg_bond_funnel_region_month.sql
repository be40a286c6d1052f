{{
    config(
        keys=['report_month', 'region_code', 'fund_channel', 'cohort', 'funnel_stage'],
        scope={'relation': 'int_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

members as (
    select * from {{ ref('int_region_month__members') }}
),

stages as (
    select
        stage_code,
        stage_order,
        stage_order = min(stage_order) over () as is_first
    from {{ ref('funnel_stage') }}
),

stated as (
    select * from {{ current_rows('fct_bond_stage') }} as fct_bond_stage
    where report_month in (select touched.report_month from touched)
),

of_region as (
    select
        members.region_code,
        members.region_level,
        stages.stage_order,
        stages.is_first,
        stated.*
    from members
    inner join stated on members.report_month = stated.report_month and members.unit_code = stated.unit_code
    inner join stages on stated.funnel_stage = stages.stage_code
),

sums as (
    select
        report_month,
        region_code,
        fund_channel,
        cohort,
        funnel_stage,
        stage_order,
        region_level,
        count(*)::integer as stating_units,
        sum(project_count)::integer as project_count,
        sum(total_investment_wan) as total_investment_wan,
        sum(demand_wan) as demand_wan,
        sum(other_sources_wan) as other_sources_wan,
        sum(granted_wan) as granted_wan,
        sum(paid_wan) as paid_wan
    from of_region
    group by report_month, region_code, fund_channel, cohort, funnel_stage, stage_order, region_level
),

followed as (
    select
        *,
        lead(funnel_stage) over (
            partition by report_month, region_code, fund_channel, cohort order by stage_order
        ) as next_stage
    from sums
),

-- Two stages are compared over the units only that state both.
to_next as (
    select
        followed.report_month,
        followed.region_code,
        followed.fund_channel,
        followed.cohort,
        followed.funnel_stage,
        sum(here.project_count) filter (where later.project_count is not null)::integer as next_base_count,
        sum(later.project_count) filter (where here.project_count is not null)::integer as next_count,
        sum(here.demand_wan) filter (where later.demand_wan is not null) as next_base_demand_wan,
        sum(later.demand_wan) filter (where here.demand_wan is not null) as next_demand_wan
    from followed
    inner join of_region as here
        on
            followed.report_month = here.report_month
            and followed.region_code = here.region_code
            and followed.fund_channel = here.fund_channel
            and followed.cohort = here.cohort
            and followed.funnel_stage = here.funnel_stage
    inner join of_region as later
        on
            here.report_month = later.report_month
            and here.region_code = later.region_code
            and here.fund_channel = later.fund_channel
            and here.cohort = later.cohort
            and here.unit_code = later.unit_code
            and followed.next_stage = later.funnel_stage
    group by
        followed.report_month, followed.region_code, followed.fund_channel, followed.cohort, followed.funnel_stage
),

from_first as (
    select
        here.report_month,
        here.region_code,
        here.fund_channel,
        here.cohort,
        here.funnel_stage,
        sum(origin.project_count) filter (where here.project_count is not null)::integer as first_base_count,
        sum(here.project_count) filter (where origin.project_count is not null)::integer as first_count,
        sum(origin.demand_wan) filter (where here.demand_wan is not null) as first_base_demand_wan,
        sum(here.demand_wan) filter (where origin.demand_wan is not null) as first_demand_wan
    from of_region as here
    inner join of_region as origin
        on
            here.report_month = origin.report_month
            and here.region_code = origin.region_code
            and here.fund_channel = origin.fund_channel
            and here.cohort = origin.cohort
            and here.unit_code = origin.unit_code
            and origin.is_first
    group by here.report_month, here.region_code, here.fund_channel, here.cohort, here.funnel_stage
),

final as (
    select
        followed.report_month,
        followed.region_code,
        followed.fund_channel,
        followed.cohort,
        followed.funnel_stage,
        followed.region_level,
        followed.stating_units,
        followed.project_count,
        followed.total_investment_wan,
        followed.demand_wan,
        followed.other_sources_wan,
        followed.granted_wan,
        followed.paid_wan,
        followed.next_stage,
        to_next.next_base_count,
        to_next.next_count,
        round({{ percent('to_next.next_count', 'to_next.next_base_count') }}, 6) as next_count_pct,
        to_next.next_base_demand_wan,
        to_next.next_demand_wan,
        round({{ percent('to_next.next_demand_wan', 'to_next.next_base_demand_wan') }}, 6) as next_demand_pct,
        from_first.first_base_count,
        from_first.first_count,
        round({{ percent('from_first.first_count', 'from_first.first_base_count') }}, 6) as first_count_pct,
        from_first.first_base_demand_wan,
        from_first.first_demand_wan,
        round({{ percent('from_first.first_demand_wan', 'from_first.first_base_demand_wan') }}, 6) as first_demand_pct
    from followed
    left join to_next
        on
            followed.report_month = to_next.report_month
            and followed.region_code = to_next.region_code
            and followed.fund_channel = to_next.fund_channel
            and followed.cohort = to_next.cohort
            and followed.funnel_stage = to_next.funnel_stage
    left join from_first
        on
            followed.report_month = from_first.report_month
            and followed.region_code = from_first.region_code
            and followed.fund_channel = from_first.fund_channel
            and followed.cohort = from_first.cohort
            and followed.funnel_stage = from_first.funnel_stage
)

select * from final

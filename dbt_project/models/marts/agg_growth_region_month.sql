{{
    config(
        keys=['report_month', 'region_code', 'list_code'],
        scope={'relation': 'int_region_month__compared', 'columns': ['report_month', 'region_code']},
    )
}}

with compared as (
    select * from {{ ref('int_region_month__compared') }}
),

months as (
    select distinct
        report_month,
        (report_month - interval '1 year')::date as year_before
    from compared
),

unit_regions as (
    select * from {{ ref('int_unit__regions') }}
    where is_current
),

-- A unit that is gone since is a part of the scope that the year before had.
members as (
    select distinct
        compared.report_month,
        compared.region_code,
        unit_regions.region_level,
        unit_regions.unit_code
    from compared
    inner join unit_regions on compared.region_code = unit_regions.region_code
    where
        unit_regions.valid_from <= compared.report_month
        and (
            unit_regions.valid_to is null
            or unit_regions.valid_to > (compared.report_month - interval '1 year')::date
        )
),

all_versions as not materialized (
    select * from {{ ref('agg_unit_month') }}
),

this_year as (
    select all_versions.*
    from all_versions
    inner join months on all_versions.report_month = months.report_month
    where all_versions.published_to is null
),

last_year as (
    select
        months.report_month as compared_month,
        all_versions.*
    from all_versions
    inner join months on all_versions.report_month = months.year_before
),

last_year_first as (
    select distinct on (compared_month, unit_code, list_code) *
    from last_year
    order by compared_month, unit_code, list_code, published_from
),

last_year_revised as (
    select * from last_year
    where published_to is null
),

-- January has no figure of its own: it is published with February.
paired as (
    select
        coalesce(this_year.report_month, last_year_revised.compared_month) as report_month,
        coalesce(this_year.unit_code, last_year_revised.unit_code) as unit_code,
        coalesce(this_year.list_code, last_year_revised.list_code) as list_code,
        this_year.unit_code is not null as is_now,
        last_year_revised.unit_code is not null as was_then,
        this_year.ytd_completed_wan,
        case extract(month from this_year.report_month)
            when 1 then null when 2 then this_year.ytd_completed_wan else this_year.month_completed_wan
        end as period_completed_wan,
        last_year_revised.ytd_completed_wan as revised_wan,
        case extract(month from last_year_revised.report_month)
            when 1 then null when 2 then last_year_revised.ytd_completed_wan
            else last_year_revised.month_completed_wan
        end as period_revised_wan
    from this_year
    full outer join last_year_revised
        on
            this_year.report_month = last_year_revised.compared_month
            and this_year.unit_code = last_year_revised.unit_code
            and this_year.list_code = last_year_revised.list_code
),

with_first as (
    select
        paired.*,
        last_year_first.ytd_completed_wan as first_wan
    from paired
    left join last_year_first
        on
            paired.report_month = last_year_first.compared_month
            and paired.unit_code = last_year_first.unit_code
            and paired.list_code = last_year_first.list_code
),

sums as (
    select
        members.report_month,
        members.region_code,
        with_first.list_code,
        members.region_level,
        sum(with_first.ytd_completed_wan) as ytd_completed_wan,
        sum(with_first.first_wan) as last_year_first_wan,
        sum(with_first.revised_wan) as last_year_revised_wan,
        sum(with_first.period_completed_wan) as period_completed_wan,
        sum(with_first.period_revised_wan) as last_year_period_wan,
        (count(*) filter (where with_first.is_now and not with_first.was_then))::integer as units_joined,
        (count(*) filter (where with_first.was_then and not with_first.is_now))::integer as units_left,
        (count(*) filter (where with_first.was_then and with_first.is_now))::integer as units_compared,
        sum(with_first.ytd_completed_wan) filter (where with_first.was_then) as comparable_ytd_wan,
        sum(with_first.revised_wan) filter (where with_first.is_now) as comparable_last_year_wan
    from members
    inner join with_first
        on members.report_month = with_first.report_month and members.unit_code = with_first.unit_code
    group by members.report_month, members.region_code, with_first.list_code, members.region_level
    having bool_or(with_first.is_now)
),

flagged as (
    select
        sums.*,
        sums.units_joined + sums.units_left > 0 as is_scope_changed,
        extract(month from sums.report_month) > 1 as has_growth
    from sums
),

final as (
    select
        report_month,
        region_code,
        list_code,
        region_level,
        extract(month from report_month) = 2 as is_two_months,
        is_scope_changed,
        units_compared,
        units_joined,
        units_left,
        ytd_completed_wan,
        last_year_first_wan,
        last_year_revised_wan,
        case
            when has_growth and not is_scope_changed then
                round({{ percent('(ytd_completed_wan - last_year_first_wan)', 'last_year_first_wan') }}, 6)
        end as growth_first_pct,
        case
            when has_growth and not is_scope_changed then
                round({{ percent('(ytd_completed_wan - last_year_revised_wan)', 'last_year_revised_wan') }}, 6)
        end as growth_revised_pct,
        period_completed_wan,
        last_year_period_wan,
        case
            when has_growth and not is_scope_changed then
                round({{ percent('(period_completed_wan - last_year_period_wan)', 'last_year_period_wan') }}, 6)
        end as period_growth_pct,
        comparable_ytd_wan,
        comparable_last_year_wan,
        case
            when has_growth then
                round({{ percent('(comparable_ytd_wan - comparable_last_year_wan)', 'comparable_last_year_wan') }}, 6)
        end as comparable_growth_pct
    from flagged
)

select * from final

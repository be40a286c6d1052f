{{
    config(
        keys=['report_month', 'region_code', 'fai_category'],
        scope={'relation': 'int_region_month__affected', 'columns': ['report_month', 'region_code']},
    )
}}

with affected as (
    select * from {{ ref('int_region_month__affected') }}
),

figures as (
    select * from {{ current_rows('fct_fai_month') }} as fct_fai_month
    where report_month in (select affected.report_month from affected)
),

units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
),

counted_in as (
    select * from {{ ref('int_unit__regions') }}
    where is_current
),

-- The regions in which each unit with details is counted in the month of its figures.
lineage as (
    select
        figures.report_month,
        figures.unit_code,
        min(counted_in.region_code) filter (where counted_in.region_level = 'county') as county_code,
        min(counted_in.region_code) filter (where counted_in.region_level = 'city') as city_code,
        min(counted_in.region_code) filter (where counted_in.region_level = 'province') as province_code
    from (select distinct
        report_month,
        unit_code
    from figures) as figures
    inner join counted_in
        on
            figures.unit_code = counted_in.unit_code
            and figures.report_month >= counted_in.valid_from
            and (counted_in.valid_to is null or figures.report_month < counted_in.valid_to)
    group by figures.report_month, figures.unit_code
),

placed as (
    select
        figures.*,
        units.nation_code,
        case
            when units.has_details then 'county'
            when units.region_code = units.province_code then 'province'
            else 'city'
        end as unit_level,
        case when units.has_details then lineage.county_code else units.region_code end as own_region_code,
        case
            when units.has_details then lineage.city_code
            when units.region_code <> units.province_code then units.region_code
        end as city_code,
        case when units.has_details then lineage.province_code else units.province_code end as province_code
    from figures
    inner join units on figures.unit_code = units.unit_code
    left join lineage on figures.report_month = lineage.report_month and figures.unit_code = lineage.unit_code
),

-- What a city or province files of a category takes the place of what is below it.
superseded as (
    select
        placed.*,
        placed.city_code is not null and bool_or(placed.unit_level = 'city') over (
            partition by placed.report_month, placed.fai_category, placed.city_code
        ) as is_filed_by_city,
        bool_or(placed.unit_level = 'province') over (
            partition by placed.report_month, placed.fai_category, placed.province_code
        ) as is_filed_by_province
    from placed
),

counted as (
    select
        superseded.*,
        superseded.own_region_code as region_code,
        superseded.unit_level as region_level,
        true as is_own
    from superseded
    union all
    select
        superseded.*,
        superseded.city_code as region_code,
        'city' as region_level,
        false as is_own
    from superseded
    where unit_level = 'county' and city_code is not null and not is_filed_by_city
    union all
    select
        superseded.*,
        superseded.province_code as region_code,
        'province' as region_level,
        false as is_own
    from superseded
    where
        not is_filed_by_province
        and (unit_level = 'city' or (unit_level = 'county' and not is_filed_by_city))
    union all
    select
        superseded.*,
        superseded.nation_code as region_code,
        'nation' as region_level,
        false as is_own
    from superseded
    where
        unit_level = 'province'
        or (not is_filed_by_province and (unit_level = 'city' or not is_filed_by_city))
),

sums as (
    select
        counted.report_month,
        counted.region_code,
        counted.fai_category,
        counted.region_level,
        bool_and(counted.is_own) as is_own,
        count(*)::integer as units_counted,
        -- A sum of which a part is not known is not known.
        case when count(counted.ytd_fai_wan) = count(*) then sum(counted.ytd_fai_wan) end as ytd_fai_wan,
        case when count(counted.last_year_ytd_fai_wan) = count(*) then sum(counted.last_year_ytd_fai_wan) end
            as last_year_ytd_fai_wan,
        case when bool_and(counted.is_own) then min(counted.fai_growth_pct) end as fai_growth_pct,
        bool_or(counted.is_scope_noted) as is_scope_noted
    from counted
    inner join affected
        on counted.report_month = affected.report_month and counted.region_code = affected.region_code
    group by counted.report_month, counted.region_code, counted.fai_category, counted.region_level
),

listed as (
    select * from {{ current_rows('agg_region_month') }} as agg_region_month
    where list_code = 'all' and report_month in (select affected.report_month from affected)
),

final as (
    select
        sums.report_month,
        sums.region_code,
        sums.fai_category,
        sums.region_level,
        sums.is_own,
        sums.units_counted,
        sums.ytd_fai_wan,
        sums.last_year_ytd_fai_wan,
        sums.fai_growth_pct,
        round(
            {{ percent('(sums.ytd_fai_wan - sums.last_year_ytd_fai_wan)', 'sums.last_year_ytd_fai_wan') }}, 6
        ) as computed_growth_pct,
        sums.is_scope_noted,
        case when sums.fai_category = 'total' then listed.ytd_completed_wan end as list_ytd_completed_wan,
        case when sums.fai_category = 'total' then listed.units_expected end as units_expected,
        case when sums.fai_category = 'total' then listed.units_reported end as units_reported
    from sums
    left join listed on sums.report_month = listed.report_month and sums.region_code = listed.region_code
)

select * from final

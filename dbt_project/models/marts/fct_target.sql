{{
    config(
        keys=['report_month', 'unit_code', 'region_label', 'target_indicator'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

targets as (
    select * from {{ ref('stg_targets') }}
),

indicators as (
    select * from {{ ref('target_indicator') }}
),

quantity_units as (
    select * from {{ ref('quantity_unit') }}
),

units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
),

regions as (
    select * from {{ current_rows('dim_region') }} as dim_region
),

stated as (
    select
        targets.*,
        units.region_code as unit_region_code,
        coalesce(regexp_replace(targets.region_name, '\s', '', 'g'), own.region_name, units.unit_name) as region_label,
        targets.region_name is null
        or regexp_replace(targets.region_name, '\s', '', 'g') in (units.unit_name, own.region_name) as is_own
    from scope
    inner join targets on scope.report_month = targets.report_month and scope.submission_id = targets.submission_id
    inner join units on targets.unit_code = units.unit_code
    left join regions as own
        on
            units.region_code = own.region_code
            and targets.report_month >= own.valid_from
            and (own.valid_to is null or targets.report_month < own.valid_to)
),

-- A region below, by its name; a name that two of them bear means neither.
named as (
    select
        stated.unit_code,
        stated.report_month,
        stated.row_number,
        min(regions.region_code) as region_code
    from stated
    inner join regions
        on
            stated.region_label = regions.region_name
            and stated.unit_region_code in (regions.parent_code, regions.city_code, regions.province_code)
            and stated.unit_region_code <> regions.region_code
            and regions.region_kind <> 'undivided'
            and stated.report_month >= regions.valid_from
            and (regions.valid_to is null or stated.report_month < regions.valid_to)
    where not stated.is_own
    group by stated.unit_code, stated.report_month, stated.row_number
    having count(distinct regions.region_code) = 1
),

facts as (
    select
        stated.report_month,
        stated.unit_code,
        stated.region_label,
        stated.target_indicator,
        extract(year from stated.report_month)::integer as target_year,
        case when stated.is_own then stated.unit_region_code else named.region_code end as region_code,
        stated.is_own,
        base_units.unit_name as base_unit,
        stated.target_quantity * quantity_units.factor as target_base,
        stated.actual_quantity * quantity_units.factor as reported_actual_base,
        stated.achieved_rate_pct as reported_achieved_rate_pct,
        stated.remark,
        stated.submission_id,
        stated.row_number
    from stated
    inner join indicators on stated.target_indicator = indicators.indicator_code
    inner join quantity_units as base_units on indicators.base_unit = base_units.unit_code
    -- A unit that does not lead to the indicator's base unit has no factor.
    left join quantity_units
        on stated.quantity_unit = quantity_units.unit_code and indicators.base_unit = quantity_units.base_unit
    left join named
        on
            stated.report_month = named.report_month
            and stated.unit_code = named.unit_code
            and stated.row_number = named.row_number
)

select * from facts

{{ config(materialized='renewed') }}

with affected as (
    select * from {{ ref('int_region_month__affected') }}
),

targets as (
    select * from {{ current_rows('fct_target') }} as fct_target
    where report_month in (select affected.report_month from affected) and target_base is not null
),

units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
),

kinds as (
    select * from {{ ref('unit_kind') }}
),

ranked as (
    select
        targets.*,
        row_number() over (
            partition by targets.report_month, targets.region_code, targets.target_indicator
            -- What the region itself files comes first, then what the nearest region above has set for it.
            order by targets.is_own desc, kinds.judging_order asc, targets.unit_code asc
        ) as rank_number
    from affected
    inner join targets
        on affected.report_month = targets.report_month and affected.region_code = targets.region_code
    inner join units on targets.unit_code = units.unit_code
    inner join kinds on units.unit_kind = kinds.unit_kind
),

chosen as (
    select
        report_month,
        region_code,
        target_indicator,
        unit_code as target_unit_code,
        is_own,
        base_unit,
        target_base,
        case when is_own then reported_actual_base end as reported_actual_base,
        case when is_own then reported_achieved_rate_pct end as reported_achieved_rate_pct
    from ranked
    where rank_number = 1
)

select * from chosen

{{ config(materialized='renewed') }}

with touched as (
    select * from {{ ref('int_project__touched') }}
),

before as (
    select dim_project.* from touched
    inner join {{ rows_before('dim_project') }} as dim_project on touched.project_sk = dim_project.project_sk
),

fact_months as not materialized (
    select * from {{ current_rows('fct_project_month') }} as fct_project_month
),

-- Rows from before there were versions describe the project since its first month.
undated as (
    select
        before.project_sk,
        min(fact_months.report_month) as valid_from
    from before
    inner join fact_months on before.project_sk = fact_months.project_sk
    where before.valid_from is null
    group by before.project_sk
),

dated as (
    select
        before.project_sk,
        before.unit_code,
        coalesce(before.valid_from, undated.valid_from) as valid_from,
        before.valid_to,
        before.project_name,
        before.project_code,
        before.project_location,
        before.industry_class,
        before.industry_code,
        before.construction_nature,
        before.construction_content,
        before.construction_years,
        before.responsible_org,
        before.lead_official,
        before.parent_project,
        before.parent_project_sk
    from before
    left join undated on before.project_sk = undated.project_sk
)

select * from dated
where valid_from is not null

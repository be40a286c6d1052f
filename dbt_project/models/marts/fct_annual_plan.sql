{{
    config(
        keys=['project_sk', 'plan_year', 'plan_version'],
        scope={'relation': 'int_project_year__touched', 'columns': ['project_sk', 'plan_year']},
    )
}}

with touched as (
    select * from {{ ref('int_project_year__touched') }}
),

facts as (
    select * from {{ current_rows('fct_project_month') }} as fct_project_month
),

stated as (
    select
        touched.project_sk,
        touched.plan_year,
        facts.unit_code,
        facts.report_month,
        facts.annual_plan_wan,
        -- The number of an official document, such as 定发改〔2024〕12号.
        substring(
            facts.remark
            from '(?:根据|依据|按照|按|据|经|以)?([^[:space:]，。；：、（）《》“”〔〕]{1,15}[〔［（([][0-9]{4}[〕］）)\]][0-9]{1,5}号)'
        ) as document_no,
        lag(facts.annual_plan_wan) over months_of_year as previous_plan_wan
    from touched
    inner join facts
        on
            touched.project_sk = facts.project_sk
            and facts.report_month >= make_date(touched.plan_year, 1, 1)
            and facts.report_month < make_date(touched.plan_year + 1, 1, 1)
    where facts.annual_plan_wan is not null
    window months_of_year as (partition by touched.project_sk, touched.plan_year order by facts.report_month)
),

changes as (
    select
        stated.*,
        row_number() over plans_of_year as plan_version,
        lead(stated.report_month) over plans_of_year as next_month
    from stated
    where stated.annual_plan_wan is distinct from stated.previous_plan_wan
    window plans_of_year as (partition by stated.project_sk, stated.plan_year order by stated.report_month)
),

versions as (
    select
        project_sk,
        plan_year,
        plan_version::integer as plan_version,
        next_month is null as is_latest,
        unit_code,
        report_month as first_month,
        next_month,
        annual_plan_wan,
        annual_plan_wan - previous_plan_wan as plan_change_wan,
        document_no
    from changes
)

select * from versions

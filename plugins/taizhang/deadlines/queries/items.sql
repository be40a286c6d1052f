-- Permits, elements and issues whose day has passed, as each unit's newest published month tells of them.
with newest as (
    select
        unit_code,
        max(report_month) as report_month
    from marts.agg_quality_unit_month
    where is_in_force and report_month <= :day and report_month >= cast(:since_month as date)
    group by unit_code
),

permits as (
    select
        'permit_overdue' as kind,
        newest.unit_code,
        newest.report_month,
        fct_permit.project_reference || ':' || fct_permit.permit_code as item,
        coalesce(fct_permit.project_name, fct_permit.project_reference) || '：' || dim_permit.permit_name as label,
        upper(fct_permit.due_date) - 1 as since
    from newest
    inner join marts.fct_permit
        on newest.unit_code = fct_permit.unit_code and newest.report_month = fct_permit.report_month
    inner join marts.dim_permit on fct_permit.permit_code = dim_permit.permit_code
    where fct_permit.is_required and not fct_permit.is_done
),

elements as (
    select
        'element_overdue' as kind,
        newest.unit_code,
        newest.report_month,
        fct_element_month.project_reference || ':' || fct_element_month.element_code as item,
        coalesce(fct_element_month.project_name, fct_element_month.project_reference)
        || '：' || dim_element.element_name as label,
        upper(fct_element_month.due_date) - 1 as since
    from newest
    inner join marts.fct_element_month
        on newest.unit_code = fct_element_month.unit_code and newest.report_month = fct_element_month.report_month
    inner join marts.dim_element on fct_element_month.element_code = dim_element.element_code
    where fct_element_month.needed_quantity > coalesce(fct_element_month.granted_quantity, 0)
),

issues as (
    select
        'issue_overdue' as kind,
        newest.unit_code,
        newest.report_month,
        fct_issue_month.issue_key as item,
        coalesce(fct_issue_month.issue_text, fct_issue_month.issue_key) as label,
        fct_issue_month.due_on as since
    from newest
    inner join marts.fct_issue_month
        on newest.unit_code = fct_issue_month.unit_code and newest.report_month = fct_issue_month.report_month
    where fct_issue_month.is_closed is not true
),

items as (
    select * from permits
    union all
    select * from elements
    union all
    select * from issues
)

insert into matter (family, kind, unit_code, report_month, subject, label, since, detail)
select
    'item' as family,
    kind,
    unit_code,
    report_month,
    kind || ':' || unit_code || ':' || item as subject,
    label,
    since,
    '{}'::jsonb as detail
from items
where since < :day

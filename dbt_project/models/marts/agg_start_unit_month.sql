{{
    config(
        keys=['report_month', 'unit_code', 'list_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with projects as (
    select
        *,
        (report_month + interval '1 month')::date as month_after
    from {{ ref('int_project_month__keyed') }}
),

-- A day is a range: what is planned for some day of a month is due at its end.
dated as (
    select
        report_month,
        unit_code,
        project_sk,
        coalesce(is_started, false) as is_started,
        planned_start_date is null as is_unplanned,
        coalesce(upper(planned_start_date) <= month_after, false) as is_due,
        coalesce(
            is_started and start_date <@ daterange(date_trunc('year', report_month)::date, month_after), false
        ) as is_started_this_year
    from projects
),

on_lists as (
    select distinct
        report_month,
        unit_code,
        project_sk,
        unnest(project_lists) as list_code
    from projects
),

listed as (
    select
        dated.*,
        'all' as list_code
    from dated
    union all
    select
        dated.*,
        on_lists.list_code
    from dated
    inner join on_lists
        on
            dated.report_month = on_lists.report_month
            and dated.unit_code = on_lists.unit_code
            and dated.project_sk = on_lists.project_sk
),

sums as (
    select
        report_month,
        unit_code,
        list_code,
        count(*)::integer as project_count,
        (count(*) filter (where is_started))::integer as started_count,
        (count(*) filter (where is_due))::integer as planned_count,
        (count(*) filter (where is_due and is_started))::integer as planned_started_count,
        (count(*) filter (where is_unplanned))::integer as unplanned_count,
        (count(*) filter (where is_started_this_year))::integer as started_this_year_count
    from listed
    group by report_month, unit_code, list_code
)

select * from sums

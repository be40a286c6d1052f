-- Lights of each unit's newest published month that its month before did not have, or had in yellow.
with months as (
    select
        unit_code,
        report_month,
        row_number() over (partition by unit_code order by report_month desc) as newest_first
    from marts.agg_quality_unit_month
    where is_in_force and report_month <= :day and report_month >= cast(:since_month as date)
),

newest as (
    select
        shown.unit_code,
        shown.report_month,
        earlier.report_month as previous_month
    from months as shown
    left join months as earlier on shown.unit_code = earlier.unit_code and earlier.newest_first = 2
    where shown.newest_first = 1
),

kinds as (
    select *
    from jsonb_to_recordset(cast(:warning_kinds as jsonb)) as kind (
        warning_kind text, kind_name text, measured_unit text
    )
),

lit as (
    select
        shown.*,
        before.light as light_before,
        coalesce(dim_project.project_name, shown.project_sk::text) as project_name
    from newest
    inner join marts.fct_warning as shown
        on newest.unit_code = shown.unit_code and newest.report_month = shown.report_month
    left join marts.fct_warning as before
        on
            newest.unit_code = before.unit_code
            and newest.previous_month = before.report_month
            and shown.project_sk = before.project_sk
            and shown.warning_kind = before.warning_kind
    left join marts.dim_project
        on
            shown.project_sk = dim_project.project_sk
            and dim_project.valid_from <= shown.report_month
            and (dim_project.valid_to is null or shown.report_month < dim_project.valid_to)
    where before.light is null or (before.light = 'yellow' and shown.light = 'red')
)

insert into matter (family, kind, unit_code, report_month, subject, label, since, stage, detail)
select
    'light' as family,
    'light_' || lit.light as kind,
    lit.unit_code,
    lit.report_month,
    'light:' || lit.unit_code || ':' || lit.project_sk || ':' || lit.warning_kind as subject,
    lit.project_name || '：' || kinds.kind_name as label,
    (lit.report_month + interval '1 month')::date - 1 as since,
    to_char(lit.report_month, 'YYYY-MM') as stage,
    jsonb_build_object(
        'measured', trim_scale(round(lit.measured_value, 1)),
        'unit', kinds.measured_unit,
        'before', coalesce(lit.light_before, 'green')
    ) as detail
from lit
inner join kinds on lit.warning_kind = kinds.warning_kind

{{ config(materialized='renewed') }}

with in_force as (
    select * from {{ ref('int_platform_month__in_force') }}
),

places as (
    select * from {{ ref('int_platform_unit') }}
),

register_rows as (
    select * from {{ ref('stg_platform_register') }}
),

labels as (
    select
        places.filer_code,
        labels.label,
        min(places.unit_code) as unit_code
    from places
    cross join
        lateral unnest(places.labels) as labels (label)
    group by places.filer_code, labels.label
    having count(*) = 1
),

registered as (
    select
        register_rows.report_month,
        register_rows.unit_code as filer_code,
        register_rows.submission_id,
        register_rows.row_number,
        register_rows.project_name,
        register_rows.project_code,
        register_rows.region_name,
        register_rows.total_investment_wan,
        register_rows.platform_status,
        register_rows.remark,
        case when register_rows.region_name is null then places.unit_code else labels.unit_code end as unit_code
    from in_force
    inner join register_rows
        on in_force.report_month = register_rows.report_month and in_force.submission_id = register_rows.submission_id
    left join labels
        on
            in_force.filer_code = labels.filer_code
            and regexp_replace(register_rows.region_name, '\s', '', 'g') = labels.label
    left join places on in_force.filer_code = places.filer_code and in_force.filer_code = places.unit_code
    where in_force.filer_code = in_force.unit_code
),

named as (
    select
        registered.*,
        concat_ws(
            '|',
            coalesce(registered.project_code, registered.project_name),
            coalesce(registered.unit_code, registered.region_name)
        ) as register_name
    from registered
),

keyed as (
    select
        named.*,
        md5(named.register_name) || '-' || row_number() over (
            partition by named.report_month, named.filer_code, named.register_name order by named.row_number
        ) as register_key,
        count(*) over (
            partition by named.report_month, named.filer_code, named.unit_code, named.project_name
        ) as same_name
    from named
)

select * from keyed

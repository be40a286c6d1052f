{{ config(materialized='renewed') }}

{%- set together = "regexp_replace(normalize({}, nfkc), '[[:space:]]', '', 'g')" %}

with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

dispatch as (
    select * from {{ ref('stg_dispatch') }}
),

-- Several leaders of one project or event stand in one cell; the first named has the ordinal 1.
of_projects as (
    select
        'project' as named_by,
        keyed.report_month,
        keyed.unit_code,
        keyed.submission_id,
        keyed.row_number,
        keyed.project_sk,
        leaders.leader_name,
        null::text as leader_role,
        leaders.ordinal
    from keyed
    cross join
        lateral regexp_split_to_table({{ together.format('keyed.lead_official') }}, '[、,;/]')
        with ordinality as leaders (leader_name, ordinal)
),

of_events as (
    select
        'event' as named_by,
        dispatch.report_month,
        dispatch.unit_code,
        dispatch.submission_id,
        dispatch.row_number,
        null::bigint as project_sk,
        leaders.leader_name,
        dispatch.leader_role,
        leaders.ordinal
    from scope
    inner join dispatch
        on scope.report_month = dispatch.report_month and scope.submission_id = dispatch.submission_id
    cross join
        lateral regexp_split_to_table({{ together.format('dispatch.leader_name') }}, '[、,;/]')
        with ordinality as leaders (leader_name, ordinal)
),

named as (
    select * from of_projects
    union all
    select * from of_events
)

select * from named
where leader_name <> ''

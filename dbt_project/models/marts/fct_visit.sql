{{
    config(
        keys=['report_month', 'unit_code', 'event_key'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['leader_sk'], ['project_sk']],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

dispatch as (
    select * from {{ ref('stg_dispatch') }}
),

leaders as (
    select * from {{ ref('int_leader_month__keyed') }}
    where named_by = 'event'
),

events as (
    select dispatch.*
    from scope
    inner join dispatch
        on scope.report_month = dispatch.report_month and scope.submission_id = dispatch.submission_id
),

-- One row per leader who took part: each has made the visit.
attended as (
    select
        events.*,
        leaders.leader_sk,
        coalesce(leaders.ordinal, 1) = 1 as is_first_leader,
        {{ joined_project_sk() }} as project_sk
    from events
    left join leaders
        on
            events.report_month = leaders.report_month
            and events.submission_id = leaders.submission_id
            and events.row_number = leaders.row_number
    {{ join_project('events') }}
),

named as (
    select
        attended.*,
        md5(
            concat_ws(
                '|',
                attended.event_kind,
                attended.event_date::text,
                'p' || attended.project_sk,
                attended.project_name,
                attended.project_code,
                'l' || attended.leader_sk
            )
        ) as event_hash
    from attended
),

facts as (
    select
        report_month,
        unit_code,
        event_hash || '-' || row_number() over (
            partition by submission_id, event_hash order by row_number
        ) as event_key,
        leader_sk,
        project_sk,
        event_kind,
        lower(event_date) as event_on,
        coalesce(visit_count, 1) as visit_count,
        is_first_leader,
        problem_text,
        result_text,
        submission_id,
        row_number
    from named
)

select * from facts

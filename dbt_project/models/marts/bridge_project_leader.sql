{{
    config(
        keys=['report_month', 'unit_code', 'project_sk', 'leader_sk'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        lookups=[['leader_sk']],
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_leader_month__keyed') }}
    where named_by = 'project'
),

bridged as (
    select
        report_month,
        unit_code,
        project_sk,
        leader_sk,
        min(ordinal)::integer as leader_order
    from keyed
    group by report_month, unit_code, project_sk, leader_sk
)

select * from bridged

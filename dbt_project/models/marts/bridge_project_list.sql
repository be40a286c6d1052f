{{
    config(
        keys=['report_month', 'unit_code', 'project_sk', 'list_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

memberships as (
    select distinct
        report_month,
        unit_code,
        project_sk,
        unnest(project_lists) as list_code
    from keyed
)

select * from memberships

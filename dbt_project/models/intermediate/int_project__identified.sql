{{
    config(
        materialized='versioned',
        schema='history',
        contract={'enforced': true},
        keys=['project_key_sk'],
        scope={'relation': 'int_project_unit__in_question', 'columns': ['unit_code']},
        lookups=[['project_sk']],
    )
}}

-- depends_on: {{ ref('int_project_unit__in_question') }}
with grouped as (
    select * from {{ ref('int_project__group') }}
),

natural_keys as (
    select
        project_sk as project_key_sk,
        unit_code
    from {{ ref('int_project__keyed') }}
),

identified as (
    select
        grouped.project_key_sk,
        natural_keys.unit_code,
        grouped.project_sk
    from grouped
    inner join natural_keys on grouped.project_key_sk = natural_keys.project_key_sk
    where grouped.project_sk <> grouped.project_key_sk
)

select * from identified

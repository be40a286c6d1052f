{{
    config(
        materialized='versioned',
        schema='history',
        contract={'enforced': true},
        keys=['report_month', 'unit_code', 'project_key_sk'],
        scope={'relation': 'int_submission__to_identify', 'columns': ['report_month', 'unit_code']},
        lookups=[['project_key_sk', 'report_month']],
    )
}}

-- depends_on: {{ ref('int_submission__to_identify') }}
with stated as (
    select * from {{ ref('int_project_key__stated') }}
),

natural_keys as (
    select * from {{ ref('int_project__keyed') }}
),

keyed as (
    select
        stated.report_month,
        stated.unit_code,
        natural_keys.project_sk as project_key_sk,
        stated.project_name,
        stated.total_investment_wan,
        stated.completed_before_year_wan,
        stated.since_start_wan,
        stated.start_date,
        stated.project_location,
        stated.responsible_org,
        stated.project_lists,
        stated.sequence_no
    from stated
    inner join natural_keys
        on
            stated.unit_code = natural_keys.unit_code
            and stated.key_kind = natural_keys.key_kind
            and stated.key_value = natural_keys.key_value
)

select * from keyed

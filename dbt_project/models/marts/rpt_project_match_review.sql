{{
    config(
        keys=['unit_code', 'earlier_kind', 'earlier_value', 'later_kind', 'later_value'],
        scope={'relation': 'int_project_unit__in_question', 'columns': ['unit_code']},
    )
}}

with units as (
    select * from {{ ref('int_project_unit__in_question') }}
),

pairs as (
    select * from {{ ref('int_project_pair__told') }}
    where reason is not null
),

natural_keys as not materialized (
    select * from {{ ref('int_project__keyed') }}
),

key_months as not materialized (
    select * from {{ current_rows('int_project_key_month') }} as int_project_key_month
),

decisions as (
    select * from {{ current_rows('dim_project_decision') }} as dim_project_decision
),

reasons as (
    select * from {{ ref('project_review_reason') }}
),

waiting as (
    select
        pairs.unit_code,
        earlier.key_kind as earlier_kind,
        earlier.key_value as earlier_value,
        later.key_kind as later_kind,
        later.key_value as later_value,
        pairs.earlier_project_sk,
        pairs.later_project_sk,
        key_months.project_name,
        pairs.report_month as later_month,
        (count(*) over (partition by pairs.later_key_sk))::integer as candidate_count,
        pairs.rule_id,
        pairs.confidence,
        pairs.threshold,
        pairs.agreeing_names as agreeing,
        pairs.contradicting_names as contradicting,
        pairs.reason
    from pairs
    inner join natural_keys as earlier on pairs.earlier_key_sk = earlier.project_sk
    inner join natural_keys as later on pairs.later_key_sk = later.project_sk
    inner join key_months
        on pairs.later_key_sk = key_months.project_key_sk and pairs.report_month = key_months.report_month
),

unknown as (
    select distinct
        decisions.unit_code,
        decisions.first_kind as earlier_kind,
        decisions.first_value as earlier_value,
        decisions.second_kind as later_kind,
        decisions.second_value as later_value,
        earlier.project_sk as earlier_project_sk,
        later.project_sk as later_project_sk,
        null::text as project_name,
        null::date as later_month,
        0 as candidate_count,
        null::text as rule_id,
        null::integer as confidence,
        null::integer as threshold,
        null::text as agreeing,
        null::text as contradicting,
        'unknown_key' as reason
    from units
    inner join decisions on units.unit_code = decisions.unit_code
    left join natural_keys as earlier
        on
            decisions.unit_code = earlier.unit_code
            and decisions.first_kind = earlier.key_kind
            and decisions.first_value = earlier.key_value
    left join natural_keys as later
        on
            decisions.unit_code = later.unit_code
            and decisions.second_kind = later.key_kind
            and decisions.second_value = later.key_value
    where earlier.project_sk is null or later.project_sk is null
),

listed as (
    select * from waiting
    union all
    select * from unknown
),

advised as (
    select
        listed.*,
        reasons.reason_name,
        reasons.advice
    from listed
    left join reasons on listed.reason = reasons.reason
)

select * from advised

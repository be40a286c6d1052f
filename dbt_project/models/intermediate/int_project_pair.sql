{{ config(materialized='renewed') }}

with units as (
    select * from {{ ref('int_project_unit__in_question') }}
),

named as not materialized (
    select * from {{ ref('int_project__named') }}
),

natural_keys as not materialized (
    select * from {{ ref('int_project__keyed') }}
),

decisions as (
    select * from {{ current_rows('dim_project_decision') }} as dim_project_decision
),

key_months as not materialized (
    select * from {{ current_rows('int_project_key_month') }} as int_project_key_month
),

same_named as (
    select distinct
        one.unit_code,
        one.project_key_sk as one_sk,
        other.project_key_sk as other_sk
    from units
    inner join named as one on units.unit_code = one.unit_code
    inner join named as other
        on
            one.unit_code = other.unit_code
            and one.project_name = other.project_name
            and one.project_key_sk < other.project_key_sk
),

decided as (
    select
        decisions.unit_code,
        least(one.project_sk, other.project_sk) as one_sk,
        greatest(one.project_sk, other.project_sk) as other_sk,
        bool_or(decisions.decision = 'same') as is_decided_same,
        bool_or(decisions.decision = 'different') as is_decided_different
    from units
    inner join decisions on units.unit_code = decisions.unit_code
    inner join natural_keys as one
        on
            decisions.unit_code = one.unit_code
            and decisions.first_kind = one.key_kind
            and decisions.first_value = one.key_value
    inner join natural_keys as other
        on
            decisions.unit_code = other.unit_code
            and decisions.second_kind = other.key_kind
            and decisions.second_value = other.key_value
    group by
        decisions.unit_code,
        least(one.project_sk, other.project_sk),
        greatest(one.project_sk, other.project_sk)
),

reports as (
    select
        in_force.unit_code,
        in_force.report_month,
        lead(in_force.report_month) over (
            partition by in_force.unit_code order by in_force.report_month
        ) as next_month
    from {{ ref('int_submission__in_force') }} as in_force
),

-- A project without a code that another name replaces in the next report is found by its total investment.
ended as (
    select
        natural_keys.unit_code,
        natural_keys.project_sk,
        (
            select key_months.report_month from key_months
            where key_months.project_key_sk = natural_keys.project_sk
            order by key_months.report_month desc
            limit 1
        ) as last_month
    from units
    inner join natural_keys on units.unit_code = natural_keys.unit_code
    where natural_keys.key_kind = 'name'
),

replaced as (
    select distinct
        ended.unit_code,
        least(ended.project_sk, later.project_key_sk) as one_sk,
        greatest(ended.project_sk, later.project_key_sk) as other_sk
    from ended
    inner join reports on ended.unit_code = reports.unit_code and ended.last_month = reports.report_month
    inner join key_months as earlier
        on ended.project_sk = earlier.project_key_sk and ended.last_month = earlier.report_month
    inner join key_months as later
        on
            ended.unit_code = later.unit_code
            and reports.next_month = later.report_month
            and earlier.total_investment_wan = later.total_investment_wan
    where
        later.total_investment_wan > 0
        and not exists (
            select 1 from key_months
            where
                key_months.project_key_sk = later.project_key_sk and key_months.report_month < later.report_month
        )
),

pairs as (
    select
        unit_code,
        one_sk,
        other_sk
    from same_named
    union
    select
        unit_code,
        one_sk,
        other_sk
    from decided
    union
    select
        unit_code,
        one_sk,
        other_sk
    from replaced
),

spanned as (
    select
        pairs.*,
        (
            select key_months.report_month from key_months
            where key_months.project_key_sk = pairs.one_sk
            order by key_months.report_month
            limit 1
        ) as one_first_month,
        (
            select key_months.report_month from key_months
            where key_months.project_key_sk = pairs.other_sk
            order by key_months.report_month
            limit 1
        ) as other_first_month
    from pairs
),

-- Keys that no month in force has are in no pair.
ordered as (
    select
        unit_code,
        case when one_first_month <= other_first_month then one_sk else other_sk end as earlier_key_sk,
        case when one_first_month <= other_first_month then other_sk else one_sk end as later_key_sk,
        greatest(one_first_month, other_first_month) as report_month,
        one_sk,
        other_sk
    from spanned
    where one_first_month is not null and other_first_month is not null
),

compared as (
    select
        ordered.unit_code,
        ordered.earlier_key_sk,
        ordered.later_key_sk,
        ordered.report_month,
        coalesce(decided.is_decided_same, false) as is_decided_same,
        coalesce(decided.is_decided_different, false) as is_decided_different,
        exists(
            select 1 from key_months as earlier_month
            inner join key_months as later_month on earlier_month.report_month = later_month.report_month
            where
                earlier_month.project_key_sk = ordered.earlier_key_sk
                and later_month.project_key_sk = ordered.later_key_sk
        ) as is_side_by_side,
        exists(
            select 1 from key_months
            where key_months.project_key_sk = ordered.earlier_key_sk and key_months.report_month > ordered.report_month
        ) as is_alternating
    from ordered
    left join decided on ordered.one_sk = decided.one_sk and ordered.other_sk = decided.other_sk
)

select * from compared

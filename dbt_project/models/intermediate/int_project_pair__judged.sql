{{ config(materialized='renewed') }}

with pairs as (
    select * from {{ ref('int_project_pair') }}
),

natural_keys as (
    select
        project_sk as project_key_sk,
        {{ project_code_form("case when key_kind = 'code' then key_value end") }} as code_form
    from {{ ref('int_project__keyed') }}
    where unit_code in (select units.unit_code from {{ ref('int_project_unit__in_question') }} as units)
),

rules as (
    select * from {{ ref('project_match_rule') }}
),

evidence as (
    select
        told.earlier_key_sk,
        told.later_key_sk,
        min(told.earlier_name) = min(told.later_name) as is_same_name,
        coalesce(
            array_agg(told.evidence_id order by told.evidence_id) filter (where told.outcome = 'agrees'), '{}'
        ) as agreeing,
        coalesce(
            array_agg(told.evidence_id order by told.evidence_id) filter (where told.outcome = 'contradicts'), '{}'
        ) as contradicting,
        sum(
            case told.outcome
                when 'agrees' then kinds.agree_points when 'contradicts' then -kinds.contradict_points else 0
            end
        ) as points
    from {{ ref('int_project_pair__evidence') }} as told
    inner join {{ ref('project_match_evidence') }} as kinds on told.evidence_id = kinds.evidence_id
    group by told.earlier_key_sk, told.later_key_sk
),

ruled as (
    select
        pairs.*,
        coalesce(evidence.is_same_name, false) as is_same_name,
        coalesce(evidence.agreeing, '{}') as agreeing,
        coalesce(evidence.contradicting, '{}') as contradicting,
        rules.rule_id,
        rules.threshold,
        rules.review_from,
        rules.required_evidence,
        case
            when rules.rule_id is not null
                then least(100, greatest(0, rules.base_confidence + evidence.points))::integer
        end as confidence
    from pairs
    inner join natural_keys as earlier on pairs.earlier_key_sk = earlier.project_key_sk
    inner join natural_keys as later on pairs.later_key_sk = later.project_key_sk
    left join evidence
        on pairs.earlier_key_sk = evidence.earlier_key_sk and pairs.later_key_sk = evidence.later_key_sk
    left join rules
        on
            earlier.code_form = rules.earlier_form
            and later.code_form = rules.later_form
            and pairs.report_month >= rules.valid_from
            and (rules.may_alternate or not pairs.is_alternating)
            and evidence.is_same_name = rules.needs_same_name
),

passed as (
    select
        ruled.*,
        coalesce(
            not ruled.is_side_by_side
            and not ruled.is_decided_different
            and ruled.confidence >= ruled.threshold
            and cardinality(ruled.agreeing) > 0
            and (ruled.required_evidence is null or ruled.required_evidence = any(ruled.agreeing)),
            false
        ) as is_passing
    from ruled
),

-- A later key that two earlier ones could be, which are not one project themselves, is nobody's until it is decided.
rivals as (
    select distinct one.later_key_sk
    from passed as one
    inner join passed as other
        on one.later_key_sk = other.later_key_sk and one.earlier_key_sk < other.earlier_key_sk
    left join passed as between_them
        on
            one.earlier_key_sk = least(between_them.earlier_key_sk, between_them.later_key_sk)
            and other.earlier_key_sk = greatest(between_them.earlier_key_sk, between_them.later_key_sk)
            and between_them.is_passing
    where one.is_passing and other.is_passing and between_them.later_key_sk is null
),

settled as (
    select distinct later_key_sk from passed
    where is_decided_same
),

judged as (
    select
        passed.*,
        rivals.later_key_sk is not null as is_ambiguous,
        (passed.is_decided_same and not passed.is_side_by_side) or (
            passed.is_passing and rivals.later_key_sk is null and settled.later_key_sk is null
        ) as is_linked
    from passed
    left join rivals on passed.later_key_sk = rivals.later_key_sk
    left join settled on passed.later_key_sk = settled.later_key_sk
)

select * from judged

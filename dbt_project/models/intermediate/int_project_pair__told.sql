with pairs as (
    select * from {{ ref('int_project_pair__judged') }}
),

groups as (
    select * from {{ ref('int_project__group') }}
),

kinds as (
    select * from {{ ref('project_match_evidence') }}
),

placed as (
    select
        pairs.*,
        coalesce(earlier.project_sk, pairs.earlier_key_sk) as earlier_project_sk,
        coalesce(later.project_sk, pairs.later_key_sk) as later_project_sk,
        coalesce(earlier.is_contradicted, false) as is_contradicted
    from pairs
    left join groups as earlier on pairs.earlier_key_sk = earlier.project_key_sk
    left join groups as later on pairs.later_key_sk = later.project_key_sk
),

taken as (
    select distinct later_key_sk from placed
    where is_linked and earlier_project_sk = later_project_sk
),

told as (
    select
        placed.*,
        placed.is_linked and placed.earlier_project_sk = placed.later_project_sk as is_one_project,
        (
            select string_agg(kinds.evidence_name, '、' order by kinds.evidence_id) from kinds
            where kinds.evidence_id = any(placed.agreeing)
        ) as agreeing_names,
        (
            select string_agg(kinds.evidence_name, '、' order by kinds.evidence_id) from kinds
            where kinds.evidence_id = any(placed.contradicting)
        ) as contradicting_names,
        case
            when placed.earlier_project_sk = placed.later_project_sk or placed.is_decided_different then null
            when placed.is_decided_same and placed.is_side_by_side then 'side_by_side'
            when placed.is_linked then 'contradicted'
            when taken.later_key_sk is not null then null
            when placed.is_passing and placed.is_ambiguous then 'ambiguous'
            when placed.is_passing or placed.is_side_by_side then null
            when placed.rule_id is null and placed.is_same_name then 'not_enough'
            when placed.confidence >= placed.review_from then 'not_enough'
        end as reason
    from placed
    left join taken on placed.later_key_sk = taken.later_key_sk
)

select * from told

{{ config(materialized='renewed') }}

with rankings as (
    select * from {{ ref('int_ranking__due') }}
),

peers as (
    select * from {{ ref('int_ranking__peers') }}
),

scored as (
    select * from {{ ref('int_score__scored') }}
    where ranking_id <> ''
),

ranked as (
    select
        rankings.ranking_id,
        rankings.ranking_name,
        scored.report_month,
        peers.peer_code,
        scored.region_code,
        scored.region_level,
        rank() over (
            partition by rankings.ranking_id, peers.peer_code
            order by
                scored.score desc,
                case when rankings.tie_rule = 'by_progress' then scored.ahead_of_schedule_pp end desc nulls last
        )::integer as rank_number,
        count(*) over (partition by rankings.ranking_id, peers.peer_code)::integer as peer_count,
        scored.score,
        scored.has_reported,
        scored.ahead_of_schedule_pp,
        scored.start_rate_pct,
        scored.red_light_rate_pct,
        scored.overdue_issue_rate_pct,
        scored.in_time_rate_pct,
        scored.quality_score,
        scored.formula_valid_from,
        rankings.tie_rule,
        rankings.publication_id as cutoff_publication
    from rankings
    inner join peers on rankings.ranking_id = peers.ranking_id
    inner join scored on rankings.ranking_id = scored.ranking_id and peers.region_code = scored.region_code
)

select * from ranked

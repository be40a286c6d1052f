-- Rule R49. Each ranking that is frozen, computed anew from what was published at its cutoff, has the same regions,
-- scores and ranks. A row returned is a region that has not, or one of a ranking whose cutoff is no longer known.
with frozen as (
    select * from {{ current_rows('rpt_ranking') }} as rpt_ranking
),

computed as (
    select * from {{ ref('int_ranking__computed') }}
),

compared as (
    select
        coalesce(frozen.ranking_id, computed.ranking_id) as ranking_id,
        coalesce(frozen.region_code, computed.region_code) as region_code,
        frozen.score as frozen_score,
        computed.score as computed_score,
        frozen.rank_number as frozen_rank,
        computed.rank_number as computed_rank,
        frozen.cutoff_publication as frozen_cutoff,
        computed.cutoff_publication as computed_cutoff
    from frozen
    full outer join computed
        on frozen.ranking_id = computed.ranking_id and frozen.region_code = computed.region_code
)

select * from compared
where
    frozen_score is distinct from computed_score
    or frozen_rank is distinct from computed_rank
    or frozen_cutoff is distinct from computed_cutoff

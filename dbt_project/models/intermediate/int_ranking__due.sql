with cutoffs as (
    select * from {{ ref('ranking_cutoff') }}
),

publications as (
    select
        publication_id,
        publication_state,
        (opened_at at time zone 'Asia/Shanghai')::date as opened_on,
        (published_at at time zone 'Asia/Shanghai')::date as published_on
    from {{ ref('stg_publication') }}
),

building as (
    select
        publication_id,
        opened_on
    from publications
    where publication_state = 'building'
),

-- Once the day is over no publication can be made on it any more.
by_day as (
    select
        cutoffs.ranking_id,
        max(publications.publication_id) as publication_id
    from cutoffs
    inner join publications on cutoffs.cutoff_on >= publications.published_on
    inner join building on cutoffs.cutoff_on < building.opened_on
    where cutoffs.cutoff_publication is null and publications.publication_state = 'published'
    group by cutoffs.ranking_id
),

by_number as (
    select
        cutoffs.ranking_id,
        publications.publication_id
    from cutoffs
    inner join publications on cutoffs.cutoff_publication = publications.publication_id
    where publications.publication_state = 'published'
),

reached as (
    select * from by_day
    union all
    select * from by_number
),

due as (
    select
        cutoffs.ranking_id,
        cutoffs.ranking_name,
        cutoffs.report_month,
        cutoffs.region_level,
        string_to_array(nullif(cutoffs.unit_kinds, ''), '|') as unit_kinds,
        cutoffs.tie_rule,
        reached.publication_id
    from cutoffs
    inner join reached on cutoffs.ranking_id = reached.ranking_id
)

select * from due

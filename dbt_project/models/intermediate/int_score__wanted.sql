-- What is scored: regions whose month this publication touched, and regions of rankings, each as of a publication.
with touched as (
    select * from {{ ref('int_timeliness_region_month__touched') }}
),

rankings as (
    select * from {{ ref('int_ranking__due') }}
),

timeliness as not materialized (
    select * from {{ ref('agg_timeliness_region_month') }}
),

running as (
    select
        '' as ranking_id,
        touched.report_month,
        touched.region_code,
        timeliness.region_level,
        {{ building_publication() }} as publication_id
    from touched
    inner join timeliness
        on
            touched.report_month = timeliness.report_month
            and touched.region_code = timeliness.region_code
            and timeliness.published_to is null
),

ranked as (
    select
        rankings.ranking_id,
        rankings.report_month,
        timeliness.region_code,
        timeliness.region_level,
        rankings.publication_id
    from rankings
    inner join timeliness
        on
            rankings.report_month = timeliness.report_month
            and rankings.region_level = timeliness.region_level
            and rankings.publication_id >= timeliness.published_from
            and (timeliness.published_to is null or rankings.publication_id < timeliness.published_to)
),

wanted as (
    select * from running
    union all
    select * from ranked
)

select * from wanted

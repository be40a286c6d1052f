{{ config(materialized='renewed') }}

with wanted as (
    select * from {{ ref('int_score__wanted') }}
),

regions as (
    select * from {{ ref('agg_region_month') }}
    where list_code = 'all'
),

warnings as (
    select * from {{ ref('agg_warning_region_month') }}
    where warning_kind = 'all'
),

issues as (
    select * from {{ ref('agg_issue_region_month') }}
    where issue_class = 'all'
),

timeliness as (
    select * from {{ ref('agg_timeliness_region_month') }}
),

measured as (
    select
        wanted.ranking_id,
        wanted.report_month,
        wanted.region_code,
        wanted.region_level,
        wanted.publication_id,
        regions.region_code is not null as has_reported,
        regions.ahead_of_schedule_pp,
        regions.start_rate_pct,
        warnings.red_light_rate_pct,
        issues.overdue_rate_pct as overdue_issue_rate_pct,
        timeliness.in_time_rate_pct,
        timeliness.quality_score
    from wanted
    left join regions
        on
            wanted.report_month = regions.report_month
            and wanted.region_code = regions.region_code
            and wanted.publication_id >= regions.published_from
            and (regions.published_to is null or wanted.publication_id < regions.published_to)
    left join warnings
        on
            wanted.report_month = warnings.report_month
            and wanted.region_code = warnings.region_code
            and wanted.publication_id >= warnings.published_from
            and (warnings.published_to is null or wanted.publication_id < warnings.published_to)
    left join issues
        on
            wanted.report_month = issues.report_month
            and wanted.region_code = issues.region_code
            and wanted.publication_id >= issues.published_from
            and (issues.published_to is null or wanted.publication_id < issues.published_to)
    left join timeliness
        on
            wanted.report_month = timeliness.report_month
            and wanted.region_code = timeliness.region_code
            and wanted.publication_id >= timeliness.published_from
            and (timeliness.published_to is null or wanted.publication_id < timeliness.published_to)
)

select * from measured

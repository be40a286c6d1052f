-- The findings of a unit's month that agg_quality_unit_month counts by severity, and by level, are those of fct_finding
-- that are not waived. Looked at for the units and months that this publication touched.
with touched as (
    select * from {{ ref('int_unit_month__touched') }}
),

findings as (
    select * from {{ current_rows('fct_finding') }} as fct_finding
),

quality as (
    select * from {{ current_rows('agg_quality_unit_month') }} as agg_quality_unit_month
),

found as (
    select
        touched.unit_code,
        touched.report_month,
        count(findings.finding_key) filter (where findings.status <> 'waived') as finding_count,
        count(findings.finding_key) filter (where findings.status = 'waived') as waived_count
    from touched
    left join findings on touched.unit_code = findings.unit_code and touched.report_month = findings.report_month
    group by touched.unit_code, touched.report_month
),

compared as (
    select
        found.unit_code,
        found.report_month,
        found.finding_count,
        found.waived_count,
        coalesce(quality.block_count + quality.warn_count + quality.info_count, 0) as by_severity,
        coalesce(
            quality.level_0_count
            + quality.level_1_count
            + quality.level_2_count
            + quality.level_3_count
            + quality.level_4_count
            + quality.level_5_count,
            0
        ) as by_level,
        coalesce(quality.waived_count, 0) as waived
    from found
    left join quality on found.unit_code = quality.unit_code and found.report_month = quality.report_month
)

select * from compared
where finding_count <> by_severity or finding_count <> by_level or waived_count <> waived

{{
    config(
        keys=['report_month', 'region_code'],
        scope={'relation': 'int_timeliness_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

with touched as (
    select * from {{ ref('int_timeliness_region_month__touched') }}
),

regions as (
    select * from {{ ref('int_unit__regions') }}
    where is_current
),

quality as (
    select * from {{ current_rows('agg_quality_unit_month') }} as agg_quality_unit_month
    where report_month in (select touched.report_month from touched)
),

sums as (
    select
        touched.report_month,
        touched.region_code,
        regions.region_level,
        count(*)::integer as expected_count,
        (count(*) filter (where quality.is_filed))::integer as filed_count,
        (count(*) filter (where quality.days_late = 0))::integer as in_time_count,
        (count(*) filter (where quality.days_late > 0))::integer as late_count,
        (count(*) filter (where not quality.is_filed))::integer as missing_count,
        (count(*) filter (where quality.outcome in ('accepted', 'warned')))::integer as accepted_count,
        (count(*) filter (where quality.is_in_force))::integer as in_force_count,
        coalesce(sum(quality.days_late), 0)::integer as days_late,
        sum(quality.score) as score_sum
    from touched
    inner join regions
        on
            touched.region_code = regions.region_code
            and touched.report_month >= regions.valid_from
            and (regions.valid_to is null or touched.report_month < regions.valid_to)
    inner join quality
        on touched.report_month = quality.report_month and regions.unit_code = quality.unit_code
    group by touched.report_month, touched.region_code, regions.region_level
),

final as (
    select
        report_month,
        region_code,
        region_level,
        expected_count,
        filed_count,
        in_time_count,
        late_count,
        missing_count,
        accepted_count,
        in_force_count,
        days_late,
        round({{ percent('filed_count', 'expected_count') }}, 6) as filed_rate_pct,
        round({{ percent('in_time_count', 'expected_count') }}, 6) as in_time_rate_pct,
        round({{ percent('accepted_count', 'filed_count') }}, 6) as accepted_rate_pct,
        round(score_sum / expected_count, 6) as quality_score
    from sums
)

select * from final

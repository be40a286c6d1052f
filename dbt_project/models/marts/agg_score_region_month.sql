{{
    config(
        keys=['report_month', 'region_code'],
        scope={'relation': 'int_timeliness_region_month__touched', 'columns': ['report_month', 'region_code']},
    )
}}

-- depends_on: {{ ref('int_timeliness_region_month__touched') }}
with scored as (
    select * from {{ ref('int_score__scored') }}
    where ranking_id = ''
),

final as (
    select
        report_month,
        region_code,
        region_level,
        has_reported,
        ahead_of_schedule_pp,
        start_rate_pct,
        red_light_rate_pct,
        overdue_issue_rate_pct,
        in_time_rate_pct,
        quality_score,
        formula_valid_from,
        score
    from scored
)

select * from final

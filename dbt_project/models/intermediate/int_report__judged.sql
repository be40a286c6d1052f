with reports as (
    select * from {{ ref('stg_report') }}
),

relations as (
    select * from {{ ref('stg_report_relation') }}
),

counted as (
    select
        report_id,
        count(*)::integer as relation_count,
        (count(*) filter (where verdict = 'contradiction'))::integer as contradiction_count,
        (count(*) filter (where verdict = 'style'))::integer as style_count,
        (count(*) filter (where verdict = 'residual'))::integer as residual_count,
        (count(*) filter (where verdict = 'implied'))::integer as implied_count,
        (count(*) filter (where verdict = 'consistent'))::integer as consistent_count
    from relations
    group by report_id
),

-- How far the two intervals lie apart, in relation to what is stated; dates have none.
contradictions as (
    select
        report_id,
        relation_id,
        kind,
        reason_zh,
        confidence,
        coalesce(
            greatest(stated_low - computed_high, computed_low - stated_high)
            / nullif(greatest(abs(stated_low), abs(computed_low)), 0),
            0
        ) as relative_gap
    from relations
    where verdict = 'contradiction'
),

ranked as (
    select
        *,
        row_number() over (
            partition by report_id order by confidence desc, relative_gap desc, relation_id asc
        ) as place
    from contradictions
),

gravest as (
    select
        report_id,
        kind,
        reason_zh
    from ranked
    where place = 1
),

final as (
    select
        reports.report_id,
        reports.file_name,
        reports.document_kind,
        reports.report_month,
        reports.region_code,
        reports.printed_region_name,
        reports.figure_count,
        reports.related_count,
        coalesce(counted.relation_count, 0) as relation_count,
        coalesce(counted.contradiction_count, 0) as contradiction_count,
        coalesce(counted.style_count, 0) as style_count,
        coalesce(counted.residual_count, 0) as residual_count,
        coalesce(counted.implied_count, 0) as implied_count,
        coalesce(counted.consistent_count, 0) as consistent_count,
        gravest.kind as gravest_kind,
        gravest.reason_zh as gravest_reason_zh,
        reports.unreadable_reason,
        reports.code_version,
        reports.audited_at
    from reports
    left join counted on reports.report_id = counted.report_id
    left join gravest on reports.report_id = gravest.report_id
)

select * from final

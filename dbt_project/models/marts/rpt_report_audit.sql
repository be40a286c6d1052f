{{ config(keys=['report_id']) }}

with judged as (
    select * from {{ ref('int_report__judged') }}
),

final as (
    select
        report_id,
        file_name,
        document_kind,
        report_month,
        region_code,
        printed_region_name,
        figure_count,
        related_count,
        {{ percent('related_count', 'figure_count') }} as related_share_pct,
        relation_count,
        contradiction_count,
        style_count,
        residual_count,
        implied_count,
        consistent_count,
        gravest_kind,
        gravest_reason_zh,
        unreadable_reason,
        code_version,
        audited_at
    from judged
)

select * from final

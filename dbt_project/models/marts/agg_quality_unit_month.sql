{{
    config(
        keys=['report_month', 'unit_code'],
        scope={'relation': 'int_unit_month__touched', 'columns': ['report_month', 'unit_code']},
    )
}}

{%- set scored = ['days_late', 'pass_rate_pct', 'block_count', 'repeat_count', 'revision_rate_pct'] %}

-- depends_on: {{ ref('int_unit_month__touched') }}
with filed as (
    select * from {{ ref('int_unit_month__filed') }}
),

revised as (
    select * from {{ ref('int_unit_month__revised') }}
),

findings as (
    select * from {{ current_rows('fct_finding') }} as fct_finding
),

rule_runs as (
    select * from {{ current_rows('fct_rule_run') }} as fct_rule_run
    where severity in ('block', 'warn')
),

weights as (
    select * from {{ ref('quality_score') }}
),

checks as (
    select
        filed.report_month,
        filed.unit_code,
        count(*)::integer as checks_made,
        (count(*) filter (where rule_runs.rows_failed = 0))::integer as checks_passed
    from filed
    inner join rule_runs on filed.unit_code = rule_runs.unit_code and filed.report_month = rule_runs.report_month
    where rule_runs.rows_checked > 0
    group by filed.report_month, filed.unit_code
),

found as (
    select
        filed.report_month,
        filed.unit_code,
        findings.check_id is not null and findings.status <> 'waived' as is_counted,
        findings.severity,
        findings.level,
        findings.status,
        findings.is_repeat
    from filed
    left join findings on filed.unit_code = findings.unit_code and filed.report_month = findings.report_month
),

counts as (
    select
        report_month,
        unit_code,
        {%- for severity in ['block', 'warn', 'info'] %}
        (count(*) filter (where is_counted and severity = '{{ severity }}'))::integer as {{ severity }}_count,
        {%- endfor %}
        {%- for level in range(6) %}
        (count(*) filter (where is_counted and level = {{ level }}))::integer as level_{{ level }}_count,
        {%- endfor %}
        (count(*) filter (where status in ('open', 'explained')))::integer as open_count,
        (count(*) filter (where status = 'waived'))::integer as waived_count,
        (count(*) filter (where is_counted and is_repeat))::integer as repeat_count,
        coalesce(bool_or(status in ('open', 'explained') and severity = 'warn'), false) as is_warned
    from found
    group by report_month, unit_code
),

measured as (
    select
        filed.report_month,
        filed.unit_code,
        filed.is_filed,
        filed.filed_on,
        filed.due_on,
        filed.days_late,
        filed.version_count,
        filed.refused_count,
        case
            when filed.is_last_accepted and counts.is_warned then 'warned'
            when filed.is_last_accepted then 'accepted'
            when filed.is_filed then 'held_back'
            when filed.refused_count > 0 then 'refused'
            else 'missing'
        end as outcome,
        filed.is_in_force,
        coalesce(checks.checks_made, 0) as checks_made,
        coalesce(checks.checks_passed, 0) as checks_passed,
        {{ percent('checks.checks_passed', 'checks.checks_made') }} as pass_rate_pct,
        counts.block_count,
        counts.warn_count,
        counts.info_count,
        {%- for level in range(6) %}
        counts.level_{{ level }}_count,
        {%- endfor %}
        counts.open_count,
        counts.waived_count,
        counts.repeat_count,
        coalesce(revised.revision_count, 0) as revision_count,
        revised.revision_size_wan,
        revised.revision_rate_pct
    from filed
    inner join counts on filed.report_month = counts.report_month and filed.unit_code = counts.unit_code
    left join checks on filed.report_month = checks.report_month and filed.unit_code = checks.unit_code
    left join revised on filed.report_month = revised.report_month and filed.unit_code = revised.unit_code
),

months as (
    select
        measured.report_month,
        max(weights.valid_from) as valid_from
    from measured
    inner join weights on measured.report_month >= weights.valid_from
    group by measured.report_month
),

components as (
    select
        measured.report_month,
        measured.unit_code,
        weights.weight,
        weights.full_at,
        weights.zero_at,
        case weights.component
            {%- for component in scored %}
            when '{{ component }}' then measured.{{ component }}
            {%- endfor %}
        end as component_value,
        weights.component = 'revision_rate_pct' and measured.revision_rate_pct is null as is_unrevised
    from measured
    inner join months on measured.report_month = months.report_month
    inner join weights on months.valid_from = weights.valid_from
    where measured.is_filed
),

earned as (
    select
        report_month,
        unit_code,
        weight,
        case
            when is_unrevised then 1
            when component_value is null then 0
            else greatest(0, least(1, (component_value - zero_at) / (full_at - zero_at)))
        end as earned_share
    from components
),

scores as (
    select
        report_month,
        unit_code,
        {{ percent('sum(weight * earned_share)', 'sum(weight)') }} as score
    from earned
    group by report_month, unit_code
),

final as (
    select
        measured.report_month,
        measured.unit_code,
        measured.is_filed,
        measured.filed_on,
        measured.due_on,
        measured.days_late,
        measured.version_count,
        measured.refused_count,
        measured.outcome,
        measured.is_in_force,
        measured.checks_made,
        measured.checks_passed,
        round(measured.pass_rate_pct, 6) as pass_rate_pct,
        measured.block_count,
        measured.warn_count,
        measured.info_count,
        {%- for level in range(6) %}
        measured.level_{{ level }}_count,
        {%- endfor %}
        measured.open_count,
        measured.waived_count,
        measured.repeat_count,
        measured.revision_count,
        measured.revision_size_wan,
        round(measured.revision_rate_pct, 6) as revision_rate_pct,
        round(case when measured.is_filed then scores.score else 0 end, 2) as score
    from measured
    left join scores on measured.report_month = scores.report_month and measured.unit_code = scores.unit_code
)

select * from final

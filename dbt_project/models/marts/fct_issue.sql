{{
    config(
        keys=['unit_code', 'issue_key'],
        scope={'relation': 'int_issue__touched', 'columns': ['unit_code', 'issue_key']},
        lookups=[['project_sk']],
    )
}}

with touched as (
    select * from {{ ref('int_issue__touched') }}
),

facts as (
    select * from {{ current_rows('fct_issue_month') }} as fct_issue_month
),

levels as (
    select * from {{ ref('escalation_level') }}
),

told as (
    select
        facts.*,
        levels.stage_order,
        row_number() over newest_first as newest_first,
        lead(facts.is_closed) over newest_first as was_closed_before
    from touched
    inner join facts on touched.unit_code = facts.unit_code and touched.issue_key = facts.issue_key
    left join levels on facts.escalation_level = levels.level_code
    window newest_first as (partition by facts.unit_code, facts.issue_key order by facts.report_month desc)
),

lives as (
    select
        unit_code,
        issue_key,
        min(report_month) as first_month,
        max(report_month) as last_month,
        min(raised_on) as raised_on,
        count(*)::integer as months_told,
        (count(*) filter (where was_closed_before and not is_closed))::integer as times_reopened,
        max(stage_order) as highest_stage
    from told
    group by unit_code, issue_key
),

final as (
    select
        lives.unit_code,
        lives.issue_key,
        told.project_sk,
        told.issue_class,
        told.issue_text,
        told.responsible_org,
        told.owner_name,
        levels.level_code as highest_escalation_level,
        lives.raised_on,
        told.due_on,
        told.closed_on,
        told.is_closed,
        told.age_days,
        told.is_overdue,
        told.overdue_days,
        lives.times_reopened,
        lives.months_told,
        lives.first_month,
        lives.last_month
    from lives
    inner join told
        on lives.unit_code = told.unit_code and lives.issue_key = told.issue_key and told.newest_first = 1
    left join levels on lives.highest_stage = levels.stage_order
)

select * from final

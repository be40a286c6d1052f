{{
    config(
        keys=['unit_code', 'report_month', 'finding_key'],
        scope={'relation': 'int_unit_month__touched', 'columns': ['unit_code', 'report_month']},
        lookups=[['check_id']],
    )
}}

-- depends_on: {{ ref('int_unit_month__touched') }}
with life as (
    select * from {{ ref('int_finding__life') }}
),

findings as (
    select * from {{ ref('stg_finding') }}
),

runs as (
    select * from {{ ref('stg_gate_run') }}
),

packs as (
    select * from {{ ref('stg_rule_pack') }}
),

contradicted_before as (
    select * from {{ ref('int_finding__contradicted_before') }}
),

personal_columns as (
    select * from {{ ref('personal_column') }}
),

judged as (
    select
        life.*,
        findings.submission_id as last_submission_id,
        findings.check_id,
        findings.rule_id,
        packs.check_level,
        findings.severity,
        findings.verdict,
        findings.sheet,
        findings.sheet_title,
        findings.row_number,
        findings.column_name,
        findings.cell,
        findings.value,
        findings.subject_key,
        findings.subject_label,
        findings.message_zh,
        findings.message_en,
        findings.advice_zh,
        findings.suggestion_zh,
        findings.waiver_id,
        packs.title_zh,
        packs.title_en
    from life
    inner join findings on life.finding_id = findings.finding_id
    left join runs on findings.gate_run_id = runs.gate_run_id
    left join packs on runs.catalogue_version = packs.catalogue_version and findings.check_id = packs.check_id
),

final as (
    select
        judged.unit_code,
        judged.report_month,
        judged.finding_key,
        judged.check_id,
        judged.rule_id,
        judged.check_level as level,
        judged.severity,
        judged.verdict,
        judged.sheet,
        judged.sheet_title,
        judged.row_number,
        judged.column_name,
        judged.cell,
        case when personal_columns.column_name is null then judged.value end as value,
        -- Of what could not be read the text itself is the subject.
        case
            when personal_columns.column_name is null or strpos(judged.subject_key, nullif(judged.value, '')) is null
                then judged.subject_key
            when strpos(judged.subject_key, judged.value) = 0 then judged.subject_key
        end as subject_key,
        judged.subject_label,
        case when personal_columns.column_name is null then judged.message_zh else judged.title_zh end as message_zh,
        case when personal_columns.column_name is null then judged.message_en else judged.title_en end as message_en,
        judged.advice_zh,
        judged.suggestion_zh,
        judged.first_submission_id,
        judged.last_submission_id,
        judged.version_count,
        judged.status,
        judged.ended_in_version as fixed_in_version,
        judged.waiver_id,
        case when personal_columns.column_name is null then judged.explanation end as explanation,
        judged.verdict = 'contradiction'
        and judged.severity in ('block', 'warn')
        and contradicted_before.check_id is not null as is_repeat
    from judged
    left join personal_columns
        on judged.sheet = personal_columns.sheet and judged.column_name = personal_columns.column_name
    left join contradicted_before
        on
            judged.unit_code = contradicted_before.unit_code
            and judged.report_month = contradicted_before.report_month
            and judged.check_id = contradicted_before.check_id
)

select * from final

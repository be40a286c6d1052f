{{ config(materialized='renewed') }}

with touched as (
    select * from {{ ref('int_unit_month__touched') }}
),

judgements as (
    select * from {{ ref('stg_judgement') }}
),

submissions as (
    select * from {{ ref('stg_submission') }}
),

units as (
    select distinct unit_code from touched
),

ranked as (
    select
        judgements.unit_code,
        judgements.report_month,
        judgements.submission_id,
        judgements.gate_run_id,
        judgements.outcome,
        row_number() over (partition by judgements.submission_id order by judgements.gate_run_id desc) as newest_first
    from judgements
    inner join units on judgements.unit_code = units.unit_code
),

judged as (
    select
        unit_code,
        report_month,
        submission_id,
        gate_run_id,
        outcome
    from ranked
    where newest_first = 1
),

-- In force since before judgements were kept.
unjudged as (
    select
        touched.unit_code,
        touched.report_month,
        touched.submission_id,
        null::bigint as gate_run_id,
        'accepted' as outcome
    from touched
    left join judged on touched.submission_id = judged.submission_id
    where touched.submission_id is not null and judged.submission_id is null
),

versions as (
    select * from judged
    union all
    select * from unjudged
),

dated as (
    select
        versions.*,
        versions.outcome in ('accepted', 'superseded', 'in_review', 'held') as is_accepted,
        versions.outcome in ('in_review', 'held') as is_waiting,
        submissions.submission_state = 'withdrawn' as is_withdrawn,
        submissions.filed_on,
        submissions.received_at
    from versions
    inner join submissions on versions.submission_id = submissions.submission_id
),

numbered as (
    select
        unit_code,
        report_month,
        submission_id,
        gate_run_id,
        is_accepted,
        is_waiting,
        is_withdrawn,
        filed_on,
        row_number() over (
            partition by unit_code, report_month order by received_at, submission_id
        ) as version_number,
        not is_withdrawn and row_number() over (
            partition by unit_code, report_month, is_withdrawn order by received_at desc, submission_id desc
        ) = 1 as is_last,
        dense_rank() over (partition by unit_code order by report_month) as report_number
    from dated
)

select * from numbered

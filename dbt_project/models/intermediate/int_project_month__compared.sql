with continued as (
    select * from {{ ref('int_unit_month__stated') }}
    where was_stated and is_stated
),

before as (
    select facts.*
    from {{ rows_before('fct_project_month') }} as facts
    inner join continued on facts.report_month = continued.report_month and facts.unit_code = continued.unit_code
),

after as (
    select facts.*
    from {{ current_rows('fct_project_month') }} as facts
    inner join continued on facts.report_month = continued.report_month and facts.unit_code = continued.unit_code
),

paired as (
    select
        coalesce(after.report_month, before.report_month) as report_month,
        coalesce(after.unit_code, before.unit_code) as unit_code,
        coalesce(after.project_sk, before.project_sk) as project_sk,
        before.project_sk is not null as was_there,
        after.project_sk is not null as is_there,
        before.submission_id as submission_before,
        before.row_number as row_before,
        after.submission_id as submission_after,
        after.row_number as row_after,
        {%- for measure in revised_measures() if measure.endswith('_wan') %}
        before.{{ measure }} as {{ measure }}_before,
        after.{{ measure }} as {{ measure }}_after,
        {%- endfor %}
        (before.project_sk is not null)::integer as project_count_before,
        (after.project_sk is not null)::integer as project_count_after,
        coalesce(before.is_started, false)::integer as started_count_before,
        coalesce(after.is_started, false)::integer as started_count_after
    from before
    full outer join after
        on
            before.report_month = after.report_month
            and before.unit_code = after.unit_code
            and before.project_sk = after.project_sk
),

measured as (
    select
        paired.report_month,
        paired.unit_code,
        paired.project_sk,
        paired.was_there,
        paired.is_there,
        paired.submission_before,
        paired.row_before,
        paired.submission_after,
        paired.row_after,
        measures.measure,
        coalesce(measures.value_before, 0) as value_before,
        coalesce(measures.value_after, 0) as value_after
    from paired
    cross join lateral (
        values
        {%- for measure in revised_measures() %}
        ('{{ measure }}', paired.{{ measure }}_before::numeric, paired.{{ measure }}_after::numeric)
        {{- ',' if not loop.last }}
        {%- endfor %}
    ) as measures (measure, value_before, value_after)
)

select * from measured

{{
    config(
        keys=['report_month', 'unit_code', 'project_sk', 'fund_source'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['project_sk']],
    )
}}

{%- set source_columns = [
    'funds_central_wan', 'funds_provincial_wan', 'funds_local_wan', 'funds_bond_wan', 'funds_loan_wan', 'funds_own_wan',
] %}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

sources as (
    select * from {{ ref('fund_source') }}
),

stated as (
    {%- for column in source_columns %}
    select
        report_month,
        unit_code,
        project_sk,
        '{{ column }}' as column_name,
        {{ column }} as received_wan,
        submission_id,
        row_number
    from keyed
    where {{ column }} <> 0
    union all
    {%- endfor %}
    -- A unit that states no source at all still states what it has received.
    select
        report_month,
        unit_code,
        project_sk,
        null::text as column_name,
        funds_received_wan as received_wan,
        submission_id,
        row_number
    from keyed
    where funds_received_wan <> 0 and coalesce({{ source_columns | join(', ') }}) is null
),

funds as (
    select
        stated.report_month,
        stated.unit_code,
        stated.project_sk,
        coalesce(sources.source_code, 'unstated') as fund_source,
        stated.received_wan,
        stated.submission_id,
        stated.row_number
    from stated
    left join sources on stated.column_name = sources.column_name
)

select * from funds

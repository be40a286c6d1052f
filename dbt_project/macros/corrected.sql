{#
    The rows of a sheet with approved corrections in place of what was submitted, as a table expression. A row without a
    correction costs one comparison with null per column that is asked for; the sheet's indexes serve as ever.
#}
{% macro corrected(sheet) -%}
    {%- set keys = ['submission_id', 'report_month', 'unit_code', 'row_number', 'extras'] -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() if table.source_name == 'raw' and table.name == sheet.identifier -%}
            {%- do columns.extend(table.columns.keys()) -%}
        {%- endfor -%}
    {%- endif -%}
    (
        select
            {%- for name in columns %}
            {% if name in keys -%}
            submitted.{{ name }}
            {%- else -%}
            case
                when amended.submission_id is null then submitted.{{ name }}
                else (jsonb_populate_record(submitted, amended.new_values)).{{ name }}
            end as {{ name }}
            {%- endif %}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ sheet }} as submitted
        left join (
            select
                submission_id,
                row_number,
                jsonb_object_agg(column_name, new_value) as new_values
            from {{ ref('stg_cell_correction') }}
            where sheet = '{{ sheet.identifier }}'
            group by submission_id, row_number
        ) as amended
            on submitted.submission_id = amended.submission_id and submitted.row_number = amended.row_number
    )
{%- endmacro %}

{# The form of a project code: absent, new (GB/T 40058-2021, year and month first), old (a year first) or invalid. #}
{% macro project_code_form(code) -%}
    case
        when {{ code }} is null then 'absent'
        when {{ code }} ~ '^[0-9]{2}(0[1-9]|1[0-2])-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{5}[0-9A-Z]$' then 'new'
        when {{ code }} ~ '^(19|20)[0-9]{2}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{5}[0-9A-Z]$' then 'old'
        else 'invalid'
    end
{%- endmacro %}

{# True while no publication before this one has kept under which keys the months reported their projects. #}
{% macro has_no_key_months() %}
    {% set kept = load_relation(api.Relation.create(database=target.database, schema='history', identifier='int_project_key_month')) %}
    {% if not execute or kept is none %}
        {{ return(true) }}
    {% endif %}
    {% set found = run_query('select 1 from ' ~ kept ~ ' where published_from < ' ~ building_publication_id() ~ ' limit 1') %}
    {{ return(found.rows | length == 0) }}
{% endmacro %}

{# How far two amounts are apart, in percent of the larger one; null when one is missing. #}
{% macro apart_percent(one, other) -%}
    case
        when {{ one }} = {{ other }} then 0
        else {{ percent('abs(' ~ one ~ ' - ' ~ other ~ ')', 'greatest(abs(' ~ one ~ '), abs(' ~ other ~ '))') }}
    end
{%- endmacro %}

{# How far an amount falls short of what is needed, in percent of the larger one; 0 when it does not. #}
{% macro short_percent(needed, found) -%}
    case
        when {{ found }} >= {{ needed }} then 0
        else {{ apart_percent(needed, found) }}
    end
{%- endmacro %}

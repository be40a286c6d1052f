{# The least total investment, in 万元, with which a new project counts towards the task of the pipeline (R41). #}
{% macro least_project_size_wan() -%}
    1000
{%- endmacro %}

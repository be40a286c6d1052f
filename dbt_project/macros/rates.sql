{# Percentage from two sums, unrounded; null when there is nothing to divide by. #}
{% macro percent(numerator, denominator) -%}
    (100 * {{ numerator }}::numeric / nullif({{ denominator }}, 0))
{%- endmacro %}

{# Share of the year, in percent, that has passed at the end of a month given by its first day. #}
{% macro schedule_percent(month) -%}
    (100 * extract(month from {{ month }})::numeric / 12)
{%- endmacro %}

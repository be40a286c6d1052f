{# Percentage from two sums, unrounded; null when there is nothing to divide by. #}
{% macro percent(numerator, denominator) -%}
    (100 * {{ numerator }}::numeric / nullif({{ denominator }}, 0))
{%- endmacro %}

{# What should be done by the end of a month given by its first day, in percent of the year: the default curve. #}
{% macro schedule_percent(month) -%}
    (
        select 100 * curve.elapsed / curve.whole
        from {{ ref('schedule_curve') }} as curve
        where curve.curve_code = 'default' and curve.month_of_year = extract(month from {{ month }})
    )
{%- endmacro %}

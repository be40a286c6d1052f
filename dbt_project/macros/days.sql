{# Days from one daterange to another; null unless both are single days, for what is stated coarser tells no number. #}
{% macro days_between(earlier, later) -%}
    case
        when upper({{ earlier }}) - lower({{ earlier }}) = 1 and upper({{ later }}) - lower({{ later }}) = 1
            then lower({{ later }}) - lower({{ earlier }})
    end
{%- endmacro %}

{# The last day of a month given by its first day. #}
{% macro month_end(month) -%}
    (({{ month }} + interval '1 month')::date - 1)
{%- endmacro %}

{# Of the rows of a group the newest month's value of a column that is not null. #}
{% macro last_stated(column) -%}
    (array_agg({{ column }} order by report_month desc) filter (where {{ column }} is not null))[1]
{%- endmacro %}

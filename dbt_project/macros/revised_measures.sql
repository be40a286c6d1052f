{# The figures whose changes from publication to publication are explained: those that add up over units. #}
{% macro revised_measures() -%}
    {{ return([
        'project_count', 'started_count', 'total_investment_wan', 'annual_plan_wan', 'month_completed_wan',
        'ytd_completed_wan', 'since_start_wan', 'funds_received_wan', 'funds_paid_wan',
    ]) }}
{%- endmacro %}

{# The measures of a row of sums as rows of their own: measure, value; what is not there is nothing. #}
{% macro measures_as_rows(alias) -%}
    (
        values
        {%- for measure in revised_measures() %}
        ('{{ measure }}', coalesce({{ alias }}.{{ measure }}, 0)::numeric){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# The shares of each group of current rows add up to exactly 1. #}
{% test shares_add_up(model, share, columns) %}
select
    {{ columns | join(', ') }},
    sum({{ share }}) as shares
from {{ model }}
where published_to is null
group by {{ columns | join(', ') }}
having sum({{ share }}) <> 1
{% endtest %}

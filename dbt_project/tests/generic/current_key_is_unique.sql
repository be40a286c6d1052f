{# No key stands twice among the current rows. Only keys that this publication wrote are looked at: the cost is theirs. #}
{% test current_key_is_unique(model, columns) %}
with written as (
    select distinct {{ columns | join(', ') }} from {{ model }} where published_from = {{ building_publication() }}
)

select
    {%- for column in columns %}
    stored.{{ column }},
    {%- endfor %}
    count(*) as row_count
from {{ model }} as stored
inner join written on
    {%- for column in columns %}
    {{ 'and ' if not loop.first }}stored.{{ column }} = written.{{ column }}
    {%- endfor %}
where stored.published_to is null
group by {% for column in columns %}stored.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
having count(*) > 1
{% endtest %}

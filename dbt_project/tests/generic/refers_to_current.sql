{# What this publication wrote refers to a current row of another model. #}
{% test refers_to_current(model, column_name, to, field) %}
with written as (
    select distinct {{ column_name }} as code from {{ model }}
    where published_from = {{ building_publication() }} and published_to is null and {{ column_name }} is not null
),

referred as (
    select {{ field }} as code from {{ to }} where published_to is null
)

select written.code from written
left join referred on written.code = referred.code
where referred.code is null
{% endtest %}

{# Descriptions of a relation and its columns, for whoever looks with a database tool. #}
{% macro comment_on(kind, relation, description, columns) %}
    comment on {{ kind }} {{ relation }} is $text${{ description | trim }}$text$;
    {% for column in columns %}
    comment on column {{ relation }}."{{ column.name }}" is $text${{ column.description | trim }}$text$;
    {% endfor %}
{% endmacro %}

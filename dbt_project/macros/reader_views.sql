{#
    What readers see of a versioned table: `marts.<model>` with its column names, and in `bi` a view whose name and columns
    are the Chinese labels of the yml. Both show the current publication, or in a session that runs
    `SET taizhang.publication = 'N'` publication N; never one that is not published. They are made once and only made
    again when their columns change, so that a build does not wait for readers.
#}
{% macro create_reader_views(history_relation) %}
    {% set names = model.columns.keys() | list %}
    {% set labels = [] %}
    {% for column in model.columns.values() %}
        {% do labels.append(column.config.meta['label']) %}
    {% endfor %}
    {% do create_reader_view('marts', history_relation.identifier, names, names, history_relation) %}
    {% do create_reader_view('bi', config.get('meta')['label'], names, labels, history_relation) %}
{% endmacro %}

{% macro create_reader_view(schema_name, view_name, names, labels, history_relation) %}
    {% set view = api.Relation.create(database=target.database, schema=schema_name, identifier=view_name, type='view') %}
    {% set existing = adapter.get_columns_in_relation(view) | map(attribute='name') | list %}
    {% if existing != labels %}
        {% call statement('reader_view') %}
            drop view if exists {{ view }};
            create view {{ view }} as
            with shown as materialized (
                select publication_id from ops.publication
                where publication_id = (select ops.shown_publication()) and state = 'published'
            )
            select
                {%- for name in names %}
                {{ name }} as "{{ labels[loop.index0] }}"{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ history_relation }}
            where
                published_from <= (select publication_id from shown)
                and (published_to is null or published_to > (select publication_id from shown));
            {{ comment_on('view', view, model.description, model.columns.values(), labels) }}
        {% endcall %}
    {% endif %}
{% endmacro %}

{# Descriptions of a relation and its columns, for whoever looks with a database tool. #}
{% macro comment_on(kind, relation, description, columns, labels=none) %}
    comment on {{ kind }} {{ relation }} is $text${{ description | trim }}$text$;
    {% for column in columns %}
    comment on column {{ relation }}."{{ labels[loop.index0] if labels else column.name }}"
    is $text${{ column.description | trim }}$text$;
    {% endfor %}
{% endmacro %}

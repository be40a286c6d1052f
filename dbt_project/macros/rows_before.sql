{#
    The rows of a versioned model as the publication before the one being built shows them, as a table expression; none
    before its first build. A column that the model has gained since is null. Not a ref: what stands there is the past,
    so that a model may be made from it that the versioned model itself is made from.
#}
{% macro rows_before(model_name) -%}
    {%- set columns = graph.nodes['model.' ~ project_name ~ '.' ~ model_name].columns.values() if execute else [] -%}
    {%- set relation = load_relation(
        api.Relation.create(database=target.database, schema='history', identifier=model_name)
    ) -%}
    {%- set existing = [] -%}
    {%- if relation -%}
        {%- set stored = columns if stands_as_built() else adapter.get_columns_in_relation(relation) -%}
        {%- set existing = stored | map(attribute='name') | list -%}
    {%- endif -%}
    (
        select
            {%- for column in columns %}
            cast({{ column.name if column.name in existing else 'null' }} as {{ column.data_type }}) as {{ column.name }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        {%- if relation %}
        from {{ relation }}
        where
            published_from < {{ building_publication() }}
            and (published_to is null or published_to >= {{ building_publication() }})
        {%- else %}
        where false
        {%- endif %}
    )
{%- endmacro %}

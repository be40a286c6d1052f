{#
    Versioned tables. A table in `history` holds every state that a row has had, each with the publications that show it:
    published_from (first) and published_to (first no more; null while it is shown). A build computes its scope only; rows
    of the scope that changed or vanished are closed, changed and new ones are inserted, all others are not touched.

    Config: keys         columns that name a row
            scope        {relation, columns}: the existing rows that are in question are those that match a row of the
                         relation; without it, all
            provenance   columns that do not count when a row is compared with its former state
            lookups      further indexes, a list of columns each
#}
{% materialization versioned, adapter='postgres' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set computed = versioned_computed(target_relation) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if not stands_as_built() %}{% do versioned_prepare(target_relation, sql) %}{% endif %}
    {# In one message to the server: nine of them, each logged, took twice as long as what they did. #}
    {% call statement('main') -%}
        {{ without_waiting_for_the_disk() }}{{ one_connection_per_node() }}
        {{ versioned_compute(computed, sql) }}
        {{ without_merge_joins() }}
        {{ with_publication_number(versioned_undo(target_relation)) }}
        {{ with_publication_number(versioned_close(target_relation, computed)) }}
        {{ with_publication_number(versioned_insert(target_relation, computed)) }}
        {{ look_again_if_grown(target_relation) }}
        {{ versioned_forget(computed) }}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# What a model that may be another than in the build before needs: its contract looked at, its table made or extended. #}
{% macro versioned_prepare(target_relation, sql) %}
    {% do building_publication_id() %}
    {% do require_citus() %}
    {{ get_assert_columns_equivalent(sql) }}
    {% if load_cached_relation(target_relation) is none %}
        {% call statement('create') %}{{ versioned_create(target_relation) }}{% endcall %}
    {% else %}
        {% do versioned_add_columns(target_relation) %}
    {% endif %}
{% endmacro %}

{#
    Where the scope's rows are computed: a temporary table, which lies on one machine, or, for a table that is spread, one
    that is spread in the same way, so that each node compares its own rows.
#}
{% macro versioned_computed(target_relation) %}
    {% if is_distributed_target() and distribution_of(model) != 'local' %}
        {{ return(target_relation.incorporate(path={'identifier': target_relation.identifier ~ '__computed'})) }}
    {% endif %}
    {{ return(make_temp_relation(target_relation)) }}
{% endmacro %}

{# The scope's rows as the model says they should be, in the types of the contract. #}
{% macro versioned_compute(computed, sql) %}
    {%- if is_distributed_target() and distribution_of(model) != 'local' %}
    drop table if exists {{ computed }};
    {{ create_distributed_as(computed, versioned_typed(sql)) }}
    {%- else %}
    create temporary table {{ computed }} on commit drop as
    {{- versioned_typed(sql) }};
    {%- endif %}
    analyze {{ computed }};
{% endmacro %}

{% macro versioned_typed(sql) %}
    select
        {%- for column in model.columns.values() %}
        cast(computed.{{ column.name }} as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ({{ sql }}) as computed
{%- endmacro %}

{# A temporary table goes by itself. #}
{% macro versioned_forget(computed) %}
    {%- if is_distributed_target() and distribution_of(model) != 'local' -%}
    drop table {{ computed }};
    {%- endif -%}
{% endmacro %}

{% macro versioned_create(target_relation) %}
    create table {{ target_relation }} {{ get_table_columns_and_constraints() }};
    alter table {{ target_relation }}
    add column published_from integer not null,
    add column published_to integer check (published_to > published_from);
    {%- if is_distributed_target() %}
    {{ distribute(target_relation, model) }}
    {%- endif %}
    {% set name = target_relation.identifier %}
    create index {{ name }}__key on {{ target_relation }} ({{ config.require('keys') | join(', ') }});
    create index {{ name }}__from on {{ target_relation }} (published_from);
    create index {{ name }}__to on {{ target_relation }} (published_to) where published_to is not null;
    {% for columns in config.get('lookups', []) %}
    create index {{ name }}__lookup_{{ loop.index }} on {{ target_relation }} ({{ columns | join(', ') }});
    {% endfor %}
    {{ comment_on('table', target_relation, model.description, model.columns.values()) }}
{% endmacro %}

{#
    For keys of many columns the planner expects one row of a join and may merge by the first of them, so that each row of
    a unit's month meets all others: 6 of 9 seconds of a county's publication.
#}
{% macro without_merge_joins() -%}
    set local enable_mergejoin = off;
{% endmacro %}

{# What an earlier attempt at the same publication wrote is taken back, so that a retry starts from the same state. #}
{% macro versioned_undo(target_relation) %}
    delete from {{ target_relation }} where published_from = {{ building_publication() }};
    update {{ target_relation }} set published_to = null where published_to = {{ building_publication() }};
{% endmacro %}

{# Columns that the model has gained are added, null for the past; a column that it has lost needs a migration. #}
{% macro versioned_add_columns(target_relation) %}
    {% set existing = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list %}
    {% for name in existing if name not in model.columns and name not in ['published_from', 'published_to'] %}
        {% do exceptions.raise_compiler_error(target_relation ~ ' has a column ' ~ name ~ ' that its model has not') %}
    {% endfor %}
    {% for column in model.columns.values() if column.name not in existing %}
        {% do run_query('alter table ' ~ target_relation ~ ' add column ' ~ column.name ~ ' ' ~ column.data_type) %}
    {% endfor %}
{% endmacro %}

{# True where a computed and a stored row are the same: equal keys, and nothing distinct but provenance. #}
{% macro versioned_same_row() %}
    {%- set keys = config.require('keys') -%}
    {%- set ignored = keys + config.get('provenance', []) -%}
    {%- for key in keys %}
        {{ 'and ' if not loop.first }}computed.{{ key }} = stored.{{ key }}
    {%- endfor %}
    {%- for name in model.columns if name not in ignored %}
        and computed.{{ name }} is not distinct from stored.{{ name }}
    {%- endfor %}
{% endmacro %}

{% macro versioned_close(target_relation, computed) %}
    {%- set scope = config.get('scope') -%}
    update {{ target_relation }} as stored
    set published_to = {{ building_publication() }}
    where
        stored.published_to is null
        {%- if scope %}
        and exists (
            select 1 from {{ ref(scope['relation']) }} as in_question
            where {% for column in scope['columns'] -%}
                {{ 'and ' if not loop.first }}in_question.{{ column }} = stored.{{ column }}
            {% endfor -%}
        )
        {%- endif %}
        and not exists (select 1 from {{ computed }} as computed where {{ versioned_same_row() }});
{% endmacro %}

{#
    What stands is read once and kept: an empty table costs the planner nothing, so that it reads it anew for each row that
    it inserts, with all that it has inserted before. 470,000 rows took more than a quarter of an hour.
#}
{% macro versioned_insert(target_relation, computed) %}
    {%- set names = model.columns.keys() | join(', ') -%}
    insert into {{ target_relation }} ({{ names }}, published_from)
    with standing as materialized (
        select {{ names }} from {{ target_relation }} as stored
        where
            published_to is null
            and exists (
                select 1 from {{ computed }} as computed
                where
                    {%- for key in config.require('keys') %}
                    {{ 'and ' if not loop.first }}computed.{{ key }} = stored.{{ key }}
                    {%- endfor %}
            )
    )

    select {{ names }}, {{ building_publication() }} from {{ computed }} as computed
    where not exists (select 1 from standing as stored where {{ versioned_same_row() }});
{% endmacro %}

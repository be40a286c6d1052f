{#
    Where the rows of a table lie when the warehouse is a Citus cluster (target `citus`): each table says it in its yml,
    meta.distribution:

    unit_code   in as many parts as there are shards, by the reporting unit: a unit's code never changes
    reference   whole, on every node: what everything else is joined to
    local       whole, on the coordinator

    Every other target ignores it: what is emitted for it is not changed by anything here.
#}
{% macro is_distributed_target() %}
    {{ return(target.name == 'citus' or var('citus', false)) }}
{% endmacro %}

{# An error where somebody asks for Citus and the server has it not: tables would silently lie on one machine. #}
{% macro require_citus() %}
    {% if execute and is_distributed_target() and not var('citus', false) %}
        {% if run_query("select 1 from pg_extension where extname = 'citus'").rows | length == 0 %}
            {% do exceptions.raise_compiler_error('the target is citus, and this database has not the extension citus') %}
        {% endif %}
    {% endif %}
{% endmacro %}

{% macro distribution_of(node) %}
    {% set declared = node.config.get('meta', {}).get('distribution') %}
    {% if declared not in ['unit_code', 'reference', 'local'] %}
        {% do exceptions.raise_compiler_error(node.name ~ ' does not say meta.distribution: unit_code, reference or local') %}
    {% endif %}
    {{ return(declared) }}
{% endmacro %}

{#
    Spreads a table that has no rows yet, or a seed's few. All tables by unit_code lie together, so that what a unit has
    in one is on the same node as what it has in another.
#}
{% macro distribute(relation, node) -%}
    {%- set declared = distribution_of(node) -%}
    {%- if declared == 'unit_code' -%}
    select create_distributed_table('{{ relation }}', 'unit_code', colocate_with => 'default');
    {%- elif declared == 'reference' -%}
    select create_reference_table('{{ relation }}');
    {%- endif -%}
{%- endmacro %}

{# For the seeds' post-hook; nothing on one machine. #}
{% macro distribute_seed() -%}
    {%- if execute and is_distributed_target() -%}
    {%- do require_citus() -%}
    {{ distribute(this, model) }}
    {%- endif -%}
{%- endmacro %}

{# A reference table may not be written after a fact was read by several connections at once in the same transaction. #}
{% macro one_connection_per_node() -%}
    {%- if is_distributed_target() %}
    set local citus.multi_shard_modify_mode = 'sequential';
    {%- endif -%}
{%- endmacro %}

{#
    A statement that changes a distributed table may not ask a table of the coordinator: the number of the publication is
    read before.
#}
{% macro with_publication_number(statement) -%}
    {%- if execute and is_distributed_target() -%}
    {{ statement | replace(building_publication(), building_publication_id()) }}
    {%- else -%}
    {{ statement }}
    {%- endif -%}
{%- endmacro %}

{# Creates an empty table, spreads it, then fills it: filled first, all rows would lie on the coordinator for a while. #}
{% macro create_distributed_as(relation, sql) -%}
    create unlogged table {{ relation }} as
    select * from ({{ sql }}) as rows_to_be limit 0;
    {{ distribute(relation, model) }}
    insert into {{ relation }}
    {{ sql }};
{%- endmacro %}

{# dbt's own, but for tables that stay on a Citus cluster. #}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary or not is_distributed_target() -%}
    {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- else -%}
    {%- do require_citus() -%}
    {{ config.get('sql_header') or '' }}
    create table {{ relation }} {{ get_assert_columns_equivalent(sql) }}{{ get_table_columns_and_constraints() }};
    {{ distribute(relation, model) }}
    insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
    {{ get_select_subquery(sql) }};
    {%- endif -%}
{%- endmacro %}

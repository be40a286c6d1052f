{#
    Tables that every build fills anew. A table that stands is emptied and not dropped, so that the views on it stay too;
    it is not logged: what a crash empties, the next build fills before anything reads it.
#}
{% materialization renewed, adapter='postgres' %}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set existing = none if stands_as_built() else load_cached_relation(this) %}
    {% if existing %}{% do adapter.drop_relation(existing) %}{% endif %}
    {% do require_citus() %}
    {% call statement('main') -%}
        {{ without_waiting_for_the_disk() }}{{ one_connection_per_node() }}
        {% if is_distributed_target() and not stands_as_built() %}
        {{ create_distributed_as(target_relation, sql) }}
        {% elif is_distributed_target() %}
        truncate {{ target_relation }};
        insert into {{ target_relation }}
        {{ sql }};
        {% elif stands_as_built() %}
        {# An unlogged table's new file is written through to the disk: of a small one the rows are deleted faster. #}
        do $text$
        begin
            if pg_relation_size('{{ target_relation }}') > 8 * 1024 * 1024 then
                truncate {{ target_relation }};
            else
                delete from {{ target_relation }};
            end if;
        end
        $text$;
        insert into {{ target_relation }}
        {{ sql }};
        {% else %}
        create unlogged table {{ target_relation }} as
        {{ sql }};
        {% endif %}
        analyze {{ target_relation }};
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

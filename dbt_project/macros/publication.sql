{# The number of the publication that is being built, as a scalar subquery; null when none is. #}
{% macro building_publication() -%}
    (select building.publication_id from {{ source('ops', 'publication') }} as building where building.state = 'building')
{%- endmacro %}

{# The rows of a versioned model as of the publication that is being built: it is the newest, so these are the open rows. #}
{% macro current_rows(model_name) -%}
    (select * from {{ ref(model_name) }} where published_to is null)
{%- endmacro %}

{# The same number, read before a statement is written; an error when no publication is being built. #}
{% macro building_publication_id() %}
    {% set found = run_query("select publication_id from ops.publication where state = 'building'") %}
    {% if found.rows | length != 1 %}
        {% do exceptions.raise_compiler_error('no publication is being built: open one first') %}
    {% endif %}
    {{ return(found.rows[0][0] | int) }}
{% endmacro %}

{#
    True when the program says so: the project is the same as in the build before, and all that it made stands unchanged.
    Contracts and columns were looked at then.
#}
{% macro stands_as_built() %}
    {{ return(execute and env_var('TAIZHANG_DBT_STANDS', 'no') == 'yes') }}
{% endmacro %}

{# What a crash takes of a publication that is being built is built again; showing it waits for all that was written. #}
{% macro without_waiting_for_the_disk() -%}
    set local synchronous_commit = off;
{% endmacro %}

{#
    Lets the planner look at a table that has grown to more than twice what it knows of it, at once: one that it takes for
    empty it reads anew for every row of another.
#}
{% macro look_again_if_grown(relation) -%}
    {%- if is_distributed_target() -%}
    analyze {{ relation }};
    {%- else -%}
    do $text$
    begin
        if pg_relation_size('{{ relation }}') > (
            select 2 * 8192 * relpages::bigint from pg_class where oid = '{{ relation }}'::regclass
        ) then
            analyze {{ relation }};
        end if;
    end
    $text$;
    {%- endif -%}
{%- endmacro %}

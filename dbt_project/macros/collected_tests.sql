{#
    The tests in the models' yml are hundreds of small questions, and dbt takes longer to ask one than PostgreSQL to
    answer it. A build leaves them out of its graph (selectors.yml) and asks those of the models that
    it made all at once, at its end. Which tests there are is said in the models' yml, as ever; `dbt test` runs them one
    by one.
#}
{% macro run_collected_tests(results) %}
    {# Said here for the parser, which does not follow macros that are called by name. #}
    {% do building_publication() %}
    {% if execute and flags.WHICH == 'build' %}
        {% set made = [] %}
        {% set unmade = [] %}
        {% for result in results if result.node.resource_type == 'model' %}
            {% do (made if result.status == 'success' else unmade).append(result.node.unique_id) %}
        {% endfor %}
        {% set questions = [] %}
        {% for test in graph.nodes.values() | selectattr('resource_type', 'equalto', 'test') %}
            {% set failed = test.depends_on.nodes | select('in', unmade) | list %}
            {% if test.attached_node in made and not failed and is_collected(test) %}
                {% do questions.append(collected_question(test)) %}
            {% endif %}
        {% endfor %}
        {% if questions %}
            {# Of a number the planner knows that hardly any row has it, of what a subquery finds it does not. #}
            {% set asked = questions | join('\nunion all\n') | replace(building_publication(), building_publication_id()) %}
            {% set found = run_query(without_merge_joins() ~ asked) %}
            {% set failures = [] %}
            {% for row in found.rows if row[1] > 0 %}
                {% do failures.append(row[0] ~ ': Got ' ~ row[1] ~ ' results') %}
            {% endfor %}
            {% if failures %}{% do exceptions.raise_compiler_error(failures | join('; ')) %}{% endif %}
        {% elif made %}
            {% do exceptions.raise_compiler_error('none of the models that were made has a test of its key') %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# True for the tests that a build asks at its end; one that is set up in a way that is not followed here is an error. #}
{% macro is_collected(test) %}
    {% if not test.test_metadata %}{{ return(false) }}{% endif %}
    {% set config = test.config %}
    {% if config.where or config.limit or config.severity | lower != 'error' or config.fail_calc != 'count(*)' %}
        {% do exceptions.raise_compiler_error(test.name ~ ' has a config that collected tests cannot have') %}
    {% endif %}
    {{ return(config.enabled) }}
{% endmacro %}

{% macro collected_question(test) %}
    {% set given = {'model': graph.nodes[test.attached_node].relation_name} %}
    {% for name, value in test.test_metadata.kwargs.items() if name != 'model' %}
        {% if value is string and value.startswith("ref('") %}
            {% for id in test.depends_on.nodes if id.split('.')[-1] == value[5:-2] %}
                {% do given.update({name: graph.nodes[id].relation_name}) %}
            {% endfor %}
        {% else %}
            {% do given.update({name: value}) %}
        {% endif %}
    {% endfor %}
    {% set question = context['test_' ~ test.test_metadata.name] %}
    {{ return("select '" ~ test.name ~ "' as test, count(*) as failures from (" ~ question(**given) ~ ") as found") }}
{% endmacro %}

{#
    County-level regions, provinces and the nation have the same sums, cities not more: some counties belong to no city.
    Looked at for the months that this publication touched.
#}
{% test levels_add_up(model, columns, measures) %}
with touched as (
    select distinct report_month from {{ ref('int_region_month__touched') }}
),

sums as (
    select
        stored.report_month,
        {%- for column in columns %}
        stored.{{ column }},
        {%- endfor %}
        {%- for measure in measures %}
        {%- for level in ['county', 'city', 'province', 'nation'] %}
        coalesce(sum(stored.{{ measure }}) filter (where stored.region_level = '{{ level }}'), 0) as {{ measure }}_{{ level }},
        {%- endfor %}
        {%- endfor %}
        count(*) as row_count
    from {{ model }} as stored
    inner join touched on stored.report_month = touched.report_month
    where stored.published_to is null
    group by stored.report_month{% for column in columns %}, stored.{{ column }}{% endfor %}
)

select * from sums
where
    false
    {%- for measure in measures %}
    or {{ measure }}_county <> {{ measure }}_province
    or {{ measure }}_county <> {{ measure }}_nation
    or {{ measure }}_county < {{ measure }}_city
    {%- endfor %}
{% endtest %}

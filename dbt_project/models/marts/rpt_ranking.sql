{{ config(keys=['ranking_id', 'region_code']) }}

{%- set existing = load_cached_relation(this) %}
{%- set columns = model.columns.keys() | list %}

with computed as (
    select * from {{ ref('int_ranking__computed') }}
),

-- What a ranking said when it was frozen stays, whatever has become of the figures or of the formula.
frozen as (
    {%- if existing %}
    select {{ columns | join(', ') }} from {{ existing }}
    where published_to is null and published_from < {{ building_publication() }}
    {%- else %}
    select * from computed
    where false
    {%- endif %}
),

final as (
    select {{ columns | join(', ') }} from frozen
    union all
    select {{ columns | join(', ') }} from computed
    where computed.ranking_id not in (select frozen.ranking_id from frozen)
)

select * from final

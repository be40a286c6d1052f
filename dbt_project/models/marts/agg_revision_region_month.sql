{{
    config(
        keys=['publication_id', 'report_month', 'region_code', 'list_code', 'measure', 'cause_code'],
        scope={'relation': 'int_publication__building', 'columns': ['publication_id']},
        lookups=[['region_code', 'report_month', 'publication_id']],
    )
}}

-- depends_on: {{ ref('int_publication__building') }}
with members as (
    select * from {{ ref('int_region_month__members') }}
),

revisions as (
    select * from {{ current_rows('fct_revision') }} as fct_revision
    where publication_id = {{ building_publication() }}
),

causes as (
    select * from {{ ref('revision_cause') }}
),

published_months as (
    select distinct report_month from {{ ref('stg_publication_scope') }}
),

-- Units that count in a region now and did not before, 1, or the other way round, -1.
moved as (
    select
        regions.unit_code,
        regions.region_code,
        published_months.report_month,
        sum(case when regions.is_current then 1 else -1 end) as direction
    from {{ ref('int_unit__regions') }} as regions
    inner join published_months
        on
            regions.valid_from <= published_months.report_month
            and (regions.valid_to is null or regions.valid_to > published_months.report_month)
    where regions.is_changed
    group by regions.unit_code, regions.region_code, published_months.report_month
    having sum(case when regions.is_current then 1 else -1 end) <> 0
),

of_units as (
    select
        revisions.report_month,
        members.region_code,
        revisions.list_code,
        revisions.measure,
        revisions.cause_code,
        revisions.changed_by
    from revisions
    inner join members
        on revisions.report_month = members.report_month and revisions.unit_code = members.unit_code
),

of_regions as (
    select
        moved.report_month,
        moved.region_code,
        sums.list_code,
        measures.measure,
        'region_change' as cause_code,
        moved.direction * measures.value as changed_by
    from moved
    inner join {{ rows_before('agg_unit_month') }} as sums
        on moved.report_month = sums.report_month and moved.unit_code = sums.unit_code
    cross join lateral {{ measures_as_rows('sums') }} as measures (measure, value)
    where measures.value <> 0
),

changes as (
    select * from of_units
    union all
    select * from of_regions
),

sums as (
    select
        changes.report_month,
        changes.region_code,
        changes.list_code,
        changes.measure,
        changes.cause_code,
        sum(changes.changed_by) as changed_by,
        count(*)::integer as change_count
    from changes
    group by changes.report_month, changes.region_code, changes.list_code, changes.measure, changes.cause_code
),

final as (
    select
        {{ building_publication() }} as publication_id,
        sums.report_month,
        sums.region_code,
        sums.list_code,
        sums.measure,
        sums.cause_code,
        causes.cause_name,
        sums.changed_by,
        sums.change_count
    from sums
    inner join causes on sums.cause_code = causes.cause_code
)

select * from final

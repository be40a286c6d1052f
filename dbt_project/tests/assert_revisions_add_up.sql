-- What a figure changes by from the publication before to the one being built is what its revisions add up to, for each
-- region, month, list and measure that this publication touched. Each row returned is a change that is not explained.
with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

before as (
    select
        sums.report_month,
        sums.region_code,
        sums.list_code,
        measures.measure,
        measures.value
    from {{ rows_before('agg_region_month') }} as sums
    inner join touched on sums.report_month = touched.report_month and sums.region_code = touched.region_code
    cross join lateral {{ measures_as_rows('sums') }} as measures (measure, value)
),

after as (
    select
        sums.report_month,
        sums.region_code,
        sums.list_code,
        measures.measure,
        measures.value
    from {{ current_rows('agg_region_month') }} as sums
    inner join touched on sums.report_month = touched.report_month and sums.region_code = touched.region_code
    cross join lateral {{ measures_as_rows('sums') }} as measures (measure, value)
),

changed as (
    select
        coalesce(after.report_month, before.report_month) as report_month,
        coalesce(after.region_code, before.region_code) as region_code,
        coalesce(after.list_code, before.list_code) as list_code,
        coalesce(after.measure, before.measure) as measure,
        coalesce(after.value, 0) - coalesce(before.value, 0) as changed_by
    from before
    full outer join after
        on
            before.report_month = after.report_month
            and before.region_code = after.region_code
            and before.list_code = after.list_code
            and before.measure = after.measure
),

explained as (
    select
        report_month,
        region_code,
        list_code,
        measure,
        sum(changed_by) as changed_by
    from {{ current_rows('agg_revision_region_month') }} as agg_revision_region_month
    where publication_id = {{ building_publication() }}
    group by report_month, region_code, list_code, measure
),

differing as (
    select
        coalesce(changed.report_month, explained.report_month) as report_month,
        coalesce(changed.region_code, explained.region_code) as region_code,
        coalesce(changed.list_code, explained.list_code) as list_code,
        coalesce(changed.measure, explained.measure) as measure,
        coalesce(changed.changed_by, 0) as changed_by,
        coalesce(explained.changed_by, 0) as explained
    from changed
    full outer join explained
        on
            changed.report_month = explained.report_month
            and changed.region_code = explained.region_code
            and changed.list_code = explained.list_code
            and changed.measure = explained.measure
    where coalesce(changed.changed_by, 0) <> coalesce(explained.changed_by, 0)
)

select * from differing

{{
    config(
        keys=['publication_id', 'report_month', 'unit_code', 'project_sk', 'list_code', 'measure'],
        scope={'relation': 'int_publication__building', 'columns': ['publication_id']},
        lookups=[['report_month', 'unit_code']],
    )
}}

-- depends_on: {{ ref('int_publication__building') }}
with stated as (
    select * from {{ ref('int_unit_month__stated') }}
),

units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
),

compared as (
    select * from {{ ref('int_project_month__compared') }}
),

corrections as (
    select
        submission_id,
        row_number,
        case column_name when 'is_started' then 'started_count' else column_name end as measure,
        correction_id in (
            select restatements.correction_id from {{ ref('stg_restatement') }} as restatements
            where restatements.correction_id is not null
        ) as is_restated
    from {{ ref('stg_cell_correction') }}
    where sheet = 'project_progress'
),

-- Closed months that a submission restates which is shown for the first time.
restated as (
    select
        scope.report_month,
        scope.unit_code
    from {{ ref('int_submission__in_scope') }} as scope
    inner join {{ ref('stg_restatement') }} as restatements on scope.submission_id = restatements.submission_id
    where
        not exists (
            select 1
            from {{ ref('stg_publication_scope') }} as shown
            inner join {{ ref('stg_publication') }} as publications
                on shown.publication_id = publications.publication_id
            where
                shown.unit_code = scope.unit_code
                and shown.report_month = scope.report_month
                and shown.submission_id = scope.submission_id
                and publications.publication_state = 'published'
        )
),

lists_before as (
    select lists.*
    from {{ rows_before('bridge_project_list') }} as lists
    inner join stated on lists.report_month = stated.report_month and lists.unit_code = stated.unit_code
    where stated.was_stated and stated.is_stated
),

lists_after as (
    select lists.*
    from {{ current_rows('bridge_project_list') }} as lists
    inner join stated on lists.report_month = stated.report_month and lists.unit_code = stated.unit_code
    where stated.was_stated and stated.is_stated
),

memberships as (
    select
        coalesce(lists_after.report_month, lists_before.report_month) as report_month,
        coalesce(lists_after.unit_code, lists_before.unit_code) as unit_code,
        coalesce(lists_after.project_sk, lists_before.project_sk) as project_sk,
        coalesce(lists_after.list_code, lists_before.list_code) as list_code,
        lists_before.list_code is not null as was_on,
        lists_after.list_code is not null as is_on
    from lists_before
    full outer join lists_after
        on
            lists_before.report_month = lists_after.report_month
            and lists_before.unit_code = lists_after.unit_code
            and lists_before.project_sk = lists_after.project_sk
            and lists_before.list_code = lists_after.list_code
),

counted as (
    select
        compared.*,
        'all' as list_code,
        compared.was_there as was_on,
        compared.is_there as is_on
    from compared
    union all
    select
        compared.*,
        memberships.list_code,
        memberships.was_on,
        memberships.is_on
    from compared
    inner join memberships
        on
            compared.report_month = memberships.report_month
            and compared.unit_code = memberships.unit_code
            and compared.project_sk = memberships.project_sk
),

-- Projects that were put together or taken apart: their rows stand under another number now.
identity_closed as (
    select * from {{ ref('int_project__identified') }}
    where published_to = {{ building_publication() }}
),

identity_opened as (
    select * from {{ ref('int_project__identified') }}
    where published_from = {{ building_publication() }}
),

identified as (
    select
        coalesce(identity_closed.project_sk, identity_opened.project_key_sk) as sk_before,
        coalesce(identity_opened.project_sk, identity_closed.project_key_sk) as sk_after
    from identity_closed
    full outer join identity_opened on identity_closed.project_key_sk = identity_opened.project_key_sk
),

of_projects as (
    select
        counted.report_month,
        counted.unit_code,
        counted.project_sk,
        counted.list_code,
        counted.measure,
        case
            when not counted.was_there and counted.project_sk in (select identified.sk_after from identified)
                then 'identity'
            when not counted.is_there and counted.project_sk in (select identified.sk_before from identified)
                then 'identity'
            when restated.unit_code is not null then 'restatement'
            when not counted.was_there then 'new_project'
            when not counted.is_there then 'project_gone'
            when counted.was_on <> counted.is_on then 'list_change'
            when corrected.is_restated then 'restatement'
            when corrected.submission_id is not null or undone.submission_id is not null then 'correction'
            else 'revision'
        end as cause_code,
        case when counted.was_on then counted.value_before else 0 end as value_before,
        case when counted.is_on then counted.value_after else 0 end as value_after,
        counted.submission_before,
        counted.submission_after
    from counted
    left join corrections as corrected
        on
            counted.submission_after = corrected.submission_id
            and counted.row_after = corrected.row_number
            and counted.measure = corrected.measure
    -- The same submission says something else only because a correction came or went.
    left join corrections as undone
        on
            counted.submission_before = undone.submission_id
            and counted.row_before = undone.row_number
            and counted.measure = undone.measure
            and counted.submission_before = counted.submission_after
    left join restated
        on counted.report_month = restated.report_month and counted.unit_code = restated.unit_code
),

months_before as (
    select distinct
        sums.report_month,
        sums.region_code
    from {{ rows_before('agg_region_month') }} as sums
    where sums.report_month in (select stated.report_month from stated)
),

came as (
    select
        sums.report_month,
        sums.unit_code,
        0::bigint as project_sk,
        sums.list_code,
        measures.measure,
        case
            when restated.unit_code is not null then 'restatement'
            when months_before.region_code is null then 'first_filing'
            else 'late_filing'
        end as cause_code,
        0::numeric as value_before,
        measures.value as value_after,
        null::bigint as submission_before,
        scope.submission_id as submission_after
    from stated
    inner join {{ current_rows('agg_unit_month') }} as sums
        on stated.report_month = sums.report_month and stated.unit_code = sums.unit_code
    inner join {{ ref('int_submission__in_scope') }} as scope
        on stated.report_month = scope.report_month and stated.unit_code = scope.unit_code
    inner join units on stated.unit_code = units.unit_code
    left join months_before
        on stated.report_month = months_before.report_month and units.province_code = months_before.region_code
    left join restated
        on stated.report_month = restated.report_month and stated.unit_code = restated.unit_code
    cross join lateral {{ measures_as_rows('sums') }} as measures (measure, value)
    where not stated.was_stated
),

went as (
    select
        sums.report_month,
        sums.unit_code,
        0::bigint as project_sk,
        sums.list_code,
        measures.measure,
        'withdrawn' as cause_code,
        measures.value as value_before,
        0::numeric as value_after,
        null::bigint as submission_before,
        null::bigint as submission_after
    from stated
    inner join {{ rows_before('agg_unit_month') }} as sums
        on stated.report_month = sums.report_month and stated.unit_code = sums.unit_code
    cross join lateral {{ measures_as_rows('sums') }} as measures (measure, value)
    where not stated.is_stated
),

changes as (
    select * from of_projects
    union all
    select * from came
    union all
    select * from went
),

final as (
    select
        {{ building_publication() }} as publication_id,
        report_month,
        unit_code,
        project_sk,
        list_code,
        measure,
        cause_code,
        value_before,
        value_after,
        value_after - value_before as changed_by,
        submission_before,
        submission_after
    from changes
    where value_before <> value_after
)

select * from final

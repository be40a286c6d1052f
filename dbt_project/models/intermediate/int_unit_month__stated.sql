with scope as (
    select
        report_month,
        unit_code
    from {{ ref('int_submission__in_scope') }}
),

before as (
    select
        sums.report_month,
        sums.unit_code
    from {{ rows_before('agg_unit_month') }} as sums
    inner join scope on sums.report_month = scope.report_month and sums.unit_code = scope.unit_code
    where sums.list_code = 'all'
),

after as (
    select
        sums.report_month,
        sums.unit_code
    from {{ current_rows('agg_unit_month') }} as sums
    inner join scope on sums.report_month = scope.report_month and sums.unit_code = scope.unit_code
    where sums.list_code = 'all'
),

stated as (
    select
        coalesce(after.report_month, before.report_month) as report_month,
        coalesce(after.unit_code, before.unit_code) as unit_code,
        before.unit_code is not null as was_stated,
        after.unit_code is not null as is_stated
    from before
    full outer join after on before.report_month = after.report_month and before.unit_code = after.unit_code
)

select * from stated

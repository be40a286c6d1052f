-- The semantic layer wants days to lay months and years on; the days of the months of dim_month.
with months as (
    select * from {{ current_rows('dim_month') }} as dim_month
),

days as (
    select
        generate_series(
            min(report_month), max(report_month) + interval '1 month - 1 day', interval '1 day'
        )::date as day_date
    from months
)

select * from days

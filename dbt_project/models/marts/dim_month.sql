{{ config(keys=['report_month']) }}

with months as (
    select generate_series(
        make_date({{ var('calendar_first_year') }}, 1, 1),
        make_date({{ var('calendar_last_year') }}, 12, 1),
        interval '1 month'
    )::date as report_month
),

described as (
    select
        report_month,
        extract(year from report_month)::integer as year_number,
        extract(quarter from report_month)::integer as quarter_number,
        extract(month from report_month)::integer as month_number,
        to_char(report_month, 'FMYYYY"年"FMMM"月"') as month_label,
        {{ schedule_percent('report_month') }} as schedule_pct
    from months
)

select * from described

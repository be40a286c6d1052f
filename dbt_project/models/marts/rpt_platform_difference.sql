{{
    config(
        keys=['report_month', 'unit_code', 'difference_kind', 'item_key'],
        scope={'relation': 'int_platform_month__touched', 'columns': ['report_month', 'unit_code']},
    )
}}

-- depends_on: {{ ref('int_platform_month__touched') }}
with matched as (
    select * from {{ ref('int_platform_project__matched') }}
),

booked as (
    select * from {{ ref('int_platform_project__booked') }}
),

of_register as (
    select
        report_month,
        filer_code as unit_code,
        case
            when unit_code is null then 'region_unknown'
            when book_row is null then 'extra'
            else 'total_differs'
        end as difference_kind,
        register_key as item_key,
        unit_code as book_unit_code,
        project_sk,
        project_name,
        project_code,
        total_investment_wan as platform_total_wan,
        book_total_wan
    from matched
    where
        unit_code is null
        or (is_book_known and book_row is null)
        or total_investment_wan <> book_total_wan
),

of_book as (
    select
        booked.report_month,
        booked.filer_code as unit_code,
        'missing' as difference_kind,
        md5(concat_ws('|', coalesce(booked.project_code, booked.project_name), booked.unit_code))
        || '-' || row_number() over (
            partition by
                booked.report_month,
                booked.filer_code,
                booked.unit_code,
                coalesce(booked.project_code, booked.project_name)
            order by booked.row_number
        ) as item_key,
        booked.unit_code as book_unit_code,
        booked.project_sk,
        booked.project_name,
        booked.project_code,
        null::numeric as platform_total_wan,
        booked.total_investment_wan as book_total_wan
    from booked
    left join matched
        on
            booked.report_month = matched.report_month
            and booked.filer_code = matched.filer_code
            and booked.unit_code = matched.unit_code
            and booked.row_number = matched.book_row
    where matched.book_row is null
),

differences as (
    select * from of_register
    union all
    select * from of_book
),

final as (
    select
        differences.*,
        coalesce(differences.platform_total_wan, 0) - coalesce(differences.book_total_wan, 0) as difference_wan
    from differences
)

select * from final

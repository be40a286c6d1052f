{{ config(materialized='renewed') }}

with registered as (
    select * from {{ ref('int_platform_project__registered') }}
),

booked as (
    select * from {{ ref('int_platform_project__booked') }}
),

in_force as (
    select * from {{ ref('int_platform_month__in_force') }}
),

matched as (
    select
        registered.*,
        in_force.submission_id is not null as is_book_known,
        coalesce(by_code.row_number, by_name.row_number) as book_row,
        coalesce(by_code.project_sk, by_name.project_sk) as project_sk,
        coalesce(by_code.total_investment_wan, by_name.total_investment_wan) as book_total_wan,
        case
            when by_code.row_number is not null then 'code'
            when by_name.row_number is not null then 'name'
        end as matched_by
    from registered
    left join in_force
        on
            registered.report_month = in_force.report_month
            and registered.filer_code = in_force.filer_code
            and registered.unit_code = in_force.unit_code
    left join booked as by_code
        on
            registered.report_month = by_code.report_month
            and registered.filer_code = by_code.filer_code
            and registered.unit_code = by_code.unit_code
            and registered.project_code = by_code.project_code
            and by_code.same_code = 1
    left join booked as by_name
        on
            by_code.row_number is null
            and registered.report_month = by_name.report_month
            and registered.filer_code = by_name.filer_code
            and registered.unit_code = by_name.unit_code
            and registered.project_name = by_name.project_name
            and by_name.same_name = 1
            and registered.same_name = 1
            and (registered.project_code is null or by_name.project_code is null)
)

select * from matched

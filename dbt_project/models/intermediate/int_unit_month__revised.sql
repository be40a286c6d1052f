with touched as (
    select * from {{ ref('int_unit_month__touched') }}
),

accepted as (
    select * from {{ ref('int_submission__versions') }}
    where is_accepted and is_waiting is not true and not is_withdrawn
),

versions as (
    select * from {{ ref('int_submission__versions') }}
    where not is_withdrawn
),

progress as (
    select * from {{ ref('stg_project_progress') }}
),

-- What cities and provinces add up is revised where it comes from.
units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
    where has_details is not false
),

spans as (
    select
        touched.unit_code,
        touched.report_month,
        min(accepted.version_number) as first_version,
        max(accepted.version_number) as last_version
    from touched
    inner join accepted on touched.unit_code = accepted.unit_code and touched.report_month = accepted.report_month
    group by touched.unit_code, touched.report_month
),

counted as (
    select
        spans.unit_code,
        spans.report_month,
        spans.first_version,
        spans.last_version,
        (count(*) filter (where versions.version_number > spans.first_version))::integer as revision_count
    from spans
    inner join versions on spans.unit_code = versions.unit_code and spans.report_month = versions.report_month
    group by spans.unit_code, spans.report_month, spans.first_version, spans.last_version
),

sums as (
    select
        counted.unit_code,
        counted.report_month,
        accepted.version_number,
        sum(progress.ytd_completed_wan) as ytd_completed_wan
    from counted
    inner join accepted
        on
            counted.unit_code = accepted.unit_code
            and counted.report_month = accepted.report_month
            and accepted.version_number in (counted.first_version, counted.last_version)
    inner join progress
        on accepted.report_month = progress.report_month and accepted.submission_id = progress.submission_id
    where counted.first_version < counted.last_version
    group by counted.unit_code, counted.report_month, accepted.version_number
),

compared as (
    select
        counted.unit_code,
        counted.report_month,
        counted.revision_count,
        units.unit_code is not null as has_details,
        coalesce(first_sums.ytd_completed_wan, 0) as first_wan,
        coalesce(last_sums.ytd_completed_wan, 0) as last_wan
    from counted
    left join units on counted.unit_code = units.unit_code
    left join sums as first_sums
        on
            counted.unit_code = first_sums.unit_code
            and counted.report_month = first_sums.report_month
            and counted.first_version = first_sums.version_number
    left join sums as last_sums
        on
            counted.unit_code = last_sums.unit_code
            and counted.report_month = last_sums.report_month
            and counted.last_version = last_sums.version_number
),

revised as (
    select
        unit_code,
        report_month,
        revision_count,
        case when has_details then abs(last_wan - first_wan) end as revision_size_wan,
        case
            when has_details
                then coalesce(
                    {{ percent('abs(last_wan - first_wan)', 'greatest(abs(first_wan), abs(last_wan))') }}, 0
                )
        end as revision_rate_pct
    from compared
)

select * from revised

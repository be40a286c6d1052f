with touched as (
    select * from {{ ref('int_unit_month__touched') }}
),

versions as (
    select * from {{ ref('int_submission__versions') }}
    where not is_withdrawn
),

units as (
    select * from {{ current_rows('dim_reporting_unit') }} as dim_reporting_unit
),

due_dates as (
    select * from {{ ref('stg_due_date') }}
),

filed as (
    select
        touched.unit_code,
        touched.report_month,
        min(versions.filed_on) as filed_on,
        count(versions.submission_id)::integer as version_count,
        bool_or(versions.is_accepted) filter (where versions.is_last) as is_last_accepted
    from touched
    left join versions on touched.unit_code = versions.unit_code and touched.report_month = versions.report_month
    group by touched.unit_code, touched.report_month
),

expected as (
    select
        touched.unit_code,
        touched.report_month,
        touched.submission_id,
        touched.refused_count,
        units.unit_kind,
        filed.filed_on,
        filed.version_count,
        filed.is_last_accepted
    from touched
    inner join filed on touched.unit_code = filed.unit_code and touched.report_month = filed.report_month
    inner join units on touched.unit_code = units.unit_code
    where
        filed.version_count > 0
        or touched.refused_count > 0
        or (
            units.valid_from <= touched.report_month
            and (units.valid_to is null or units.valid_to > touched.report_month)
        )
),

due as (
    select
        expected.*,
        due_dates.due_on
    from expected
    left join due_dates
        on expected.unit_kind = due_dates.unit_kind and expected.report_month = due_dates.report_month
),

final as (
    select
        report_month,
        unit_code,
        version_count > 0 as is_filed,
        filed_on,
        due_on,
        case when filed_on is not null then greatest(filed_on - due_on, 0) end as days_late,
        version_count,
        refused_count,
        is_last_accepted,
        submission_id is not null as is_in_force
    from due
)

select * from final

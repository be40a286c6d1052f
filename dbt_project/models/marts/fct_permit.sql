{{
    config(
        keys=['report_month', 'unit_code', 'project_reference', 'permit_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['project_sk']],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

permits as (
    select * from {{ ref('stg_permits') }}
),

statuses as (
    select * from {{ ref('permit_status') }}
),

kinds as (
    select * from {{ ref('permit') }}
),

projects as (
    select * from {{ ref('int_project_month__keyed') }}
),

stated as (
    select
        permits.*,
        {{ joined_project_sk() }} as project_sk
    from scope
    inner join permits on scope.report_month = permits.report_month and scope.submission_id = permits.submission_id
    {{ join_project('permits') }}
),

described as (
    select
        stated.*,
        coalesce(stated.project_code, stated.project_name) as project_reference,
        coalesce(stated.is_needed, true) and statuses.is_needed as is_required,
        coalesce(stated.is_needed, true) and statuses.is_done as is_done,
        kinds.is_before_start,
        projects.is_started,
        projects.start_date,
        coalesce(
            projects.approval_date,
            (
                array_agg(stated.issued_date) filter (where stated.permit_kind = 'project_approval') over (
                    partition by stated.submission_id, stated.project_sk
                )
            )[1]
        ) as approval_date,
        {{ month_end('stated.report_month') }} as month_end
    from stated
    inner join kinds on stated.permit_kind = kinds.permit_code
    inner join statuses on stated.permit_status = statuses.status_code
    left join projects
        on
            stated.report_month = projects.report_month
            and stated.submission_id = projects.submission_id
            and stated.project_sk = projects.project_sk
),

facts as (
    select
        report_month,
        unit_code,
        project_reference,
        permit_kind as permit_code,
        project_sk,
        project_name,
        project_code,
        is_required,
        is_done,
        permit_status,
        issued_date,
        document_no,
        due_date,
        is_started,
        start_date,
        case when is_done and project_sk is not null then {{ days_between('approval_date', 'issued_date') }} end
            as days_to_permit,
        case
            when is_done and upper(issued_date) - lower(issued_date) = 1 then upper(issued_date) - upper(due_date)
            when is_required and not is_done then month_end - upper(due_date) + 1
        end as days_after_due,
        is_required and not is_done and coalesce(upper(due_date) <= month_end, false) as is_overdue,
        case
            when not (is_before_start and is_required and coalesce(is_started, false)) then null
            when not is_done then 'not_issued'
            when issued_date is null or start_date is null then 'cannot_tell'
            when lower(issued_date) >= upper(start_date) then 'issued_later'
            when upper(issued_date) - 1 > lower(start_date) then 'cannot_tell'
        end as start_violation,
        submission_id,
        row_number
    from described
)

select * from facts

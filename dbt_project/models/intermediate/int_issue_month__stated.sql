with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

issues as (
    select * from {{ ref('stg_issues') }}
),

stated as (
    select
        issues.*,
        row_number() over (
            partition by issues.submission_id, issues.issue_no order by issues.row_number
        ) as of_this_number
    from scope
    inner join issues
        on scope.report_month = issues.report_month and scope.submission_id = issues.submission_id
),

-- Numbers are unique in what the gate lets in; where a waiver let others in, none may be lost.
keyed as (
    select
        stated.*,
        coalesce(stated.issue_no, '')
        || case when stated.issue_no is null or stated.of_this_number > 1 then '#' || stated.of_this_number else '' end
            as issue_key,
        {{ joined_project_sk() }} as project_sk
    from stated
    {{ join_project('stated') }}
)

select * from keyed

{{
    config(
        keys=['report_month', 'unit_code', 'project_reference', 'element_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
        provenance=['submission_id', 'row_number'],
        lookups=[['project_sk']],
    )
}}

with scope as (
    select * from {{ ref('int_submission__in_scope') }}
),

elements as (
    select * from {{ ref('stg_elements') }}
),

kinds as (
    select * from {{ ref('element') }}
),

units as (
    select * from {{ ref('quantity_unit') }}
),

stated as (
    select
        elements.*,
        {{ joined_project_sk() }} as project_sk
    from scope
    inner join elements
        on scope.report_month = elements.report_month and scope.submission_id = elements.submission_id
    {{ join_project('elements') }}
),

-- A unit that does not lead to the element's base unit has no factor: its quantities are in no sum.
measured as (
    select
        stated.*,
        coalesce(stated.project_code, stated.project_name) as project_reference,
        base_units.unit_name as base_unit,
        stated.needed_quantity * units.factor as needed_base,
        stated.granted_quantity * units.factor as granted_base,
        {{ month_end('stated.report_month') }} as month_end,
        stated.granted_quantity < stated.needed_quantity as is_short
    from stated
    inner join kinds on stated.element_kind = kinds.element_code
    inner join units as base_units on kinds.base_unit = base_units.unit_code
    left join units on stated.quantity_unit = units.unit_code and kinds.base_unit = units.base_unit
),

dated as (
    select
        measured.*,
        coalesce(measured.is_short and upper(measured.due_date) <= measured.month_end, false) as is_overdue
    from measured
),

facts as (
    select
        report_month,
        unit_code,
        project_reference,
        element_kind as element_code,
        project_sk,
        project_name,
        project_code,
        quantity_unit,
        needed_quantity,
        granted_quantity,
        base_unit,
        needed_base,
        granted_base,
        case when granted_base < needed_base then needed_base - granted_base else 0 * needed_base end as gap_base,
        granted_date,
        document_no,
        due_date,
        is_overdue,
        case when is_overdue then month_end - upper(due_date) + 1 end as days_overdue,
        submission_id,
        row_number
    from dated
)

select * from facts

-- A decision that lacks something, names an unknown unit or says neither same nor different would have no effect.
with decisions as (
    select * from {{ ref('project_identity') }}
),

units as (
    select * from {{ ref('reporting_unit') }}
)

select decisions.*
from decisions
left join units on decisions.unit_code = units.unit_code
where
    units.unit_code is null
    or decisions.decision_id is null
    or decisions.decision is null
    or decisions.decision not in ('same', 'different')
    or decisions.first_kind is null
    or decisions.first_kind not in ('code', 'name')
    or decisions.second_kind is null
    or decisions.second_kind not in ('code', 'name')
    or decisions.first_value is null
    or decisions.second_value is null
    or decisions.reason is null
    or decisions.author is null
    or decisions.decided_on is null

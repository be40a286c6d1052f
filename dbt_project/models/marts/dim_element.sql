{{ config(keys=['element_code']) }}

with elements as (
    select * from {{ ref('element') }}
),

units as (
    select * from {{ ref('quantity_unit') }}
),

named as (
    select
        elements.element_code,
        elements.element_name,
        units.unit_name as base_unit
    from elements
    inner join units on elements.base_unit = units.unit_code
)

select * from named

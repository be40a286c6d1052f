{{ config(keys=['vintage', 'industry_code']) }}

with industries as (
    select * from {{ ref('industry') }}
),

sections as (
    select
        vintage,
        industry_code,
        industry_name
    from industries
    where industry_level = 'section'
),

named as (
    select
        industries.vintage,
        industries.industry_code,
        industries.industry_name,
        industries.industry_level,
        industries.section_code,
        sections.industry_name as section_name,
        industries.valid_from,
        industries.valid_to
    from industries
    left join sections
        on industries.vintage = sections.vintage and industries.section_code = sections.industry_code
)

select * from named

{{
    config(
        keys=['report_month', 'unit_code', 'project_sk', 'group_code'],
        scope={'relation': 'int_submission__in_scope', 'columns': ['report_month', 'unit_code']},
    )
}}

-- depends_on: {{ ref('int_submission__in_scope') }}
with keyed as (
    select * from {{ ref('int_project_month__keyed') }}
),

industries as (
    select * from {{ current_rows('dim_industry') }} as dim_industry
    where industry_level = 'division' and valid_to is null
),

members as (
    select * from {{ current_rows('bridge_policy_group') }} as bridge_policy_group
),

-- C39, 39 and 3914 are all of division 39.
coded as (
    select
        keyed.report_month,
        keyed.unit_code,
        keyed.project_sk,
        keyed.industry_class,
        upper(substring(keyed.industry_code from '^[A-Ta-t]')) as stated_section,
        substring(keyed.industry_code from '^[A-Ta-t]?([0-9]{2})[0-9]{0,2}$') as division_code
    from keyed
),

offered as (
    select
        coded.report_month,
        coded.unit_code,
        coded.project_sk,
        offers.member_kind,
        offers.member_code,
        offers.preference
    from coded
    left join industries on coded.division_code = industries.industry_code
    cross join lateral (
        values
        ('industry_class', coded.industry_class, 1),
        ('division', industries.industry_code, 2),
        (
            'section',
            coalesce(industries.section_code, case when coded.division_code is null then coded.stated_section end),
            3
        )
    ) as offers (member_kind, member_code, preference)
),

grouped as (
    select
        offered.report_month,
        offered.unit_code,
        offered.project_sk,
        members.group_code,
        offered.member_kind,
        offered.preference,
        min(offered.preference) over (
            partition by offered.report_month, offered.unit_code, offered.project_sk
        ) as preferred
    from offered
    inner join members
        on
            offered.member_kind = members.member_kind
            and offered.member_code = members.member_code
            and offered.report_month >= members.valid_from
            and (members.valid_to is null or offered.report_month < members.valid_to)
),

final as (
    select
        report_month,
        unit_code,
        project_sk,
        group_code,
        member_kind as grouped_by
    from grouped
    where preference = preferred
)

select * from final

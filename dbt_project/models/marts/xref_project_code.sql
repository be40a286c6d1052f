{{
    config(
        keys=['unit_code', 'key_kind', 'key_value', 'project_name'],
        scope={'relation': 'int_project_unit__in_question', 'columns': ['unit_code']},
        lookups=[['project_sk']],
    )
}}

with units as (
    select * from {{ ref('int_project_unit__in_question') }}
),

named as (
    select * from {{ ref('int_project__named') }}
),

natural_keys as (
    select * from {{ ref('int_project__keyed') }}
),

groups as (
    select * from {{ ref('int_project__group') }}
),

links as (
    select * from {{ ref('int_project_pair__told') }}
    where is_one_project
),

key_months as not materialized (
    select * from {{ current_rows('int_project_key_month') }} as int_project_key_month
),

-- Each key shows the link by which it took over from another one; a project's first key, the one by which it ended.
ends as (
    select
        links.*,
        links.later_key_sk as project_key_sk,
        1 as preference
    from links
    union all
    select
        links.*,
        links.earlier_key_sk as project_key_sk,
        2 as preference
    from links
),

shown as (
    select distinct on (project_key_sk) * from ends
    order by
        project_key_sk asc,
        preference asc,
        is_decided_same desc,
        confidence desc nulls last,
        earlier_key_sk asc,
        later_key_sk asc
),

looked_up as (
    select
        named.unit_code,
        named.project_name,
        named.project_key_sk,
        (
            select key_months.report_month from key_months
            where
                key_months.project_key_sk = named.project_key_sk and key_months.project_name = named.project_name
            order by key_months.report_month
            limit 1
        ) as first_month,
        (
            select key_months.report_month from key_months
            where
                key_months.project_key_sk = named.project_key_sk and key_months.project_name = named.project_name
            order by key_months.report_month desc
            limit 1
        ) as last_month
    from units
    inner join named on units.unit_code = named.unit_code
),

spanned as (
    select
        looked_up.*,
        row_number() over (
            partition by looked_up.project_key_sk order by looked_up.first_month, looked_up.project_name
        ) as ordinal
    from looked_up
    where looked_up.first_month is not null
),

coded as (
    select
        spanned.*,
        natural_keys.key_kind,
        natural_keys.key_value,
        {{ project_code_form("case when natural_keys.key_kind = 'code' then natural_keys.key_value end") }} as code_form
    from spanned
    inner join natural_keys on spanned.project_key_sk = natural_keys.project_sk
),

final as (
    select
        coded.unit_code,
        coded.key_kind,
        coded.key_value,
        coded.project_name,
        coalesce(groups.project_sk, coded.project_key_sk) as project_sk,
        coded.code_form,
        coded.first_month,
        coded.last_month,
        case
            when coded.ordinal > 1 then 'same_code'
            when shown.is_decided_same then 'decision'
            else shown.rule_id
        end as rule_id,
        case when coded.ordinal > 1 or shown.is_decided_same then 100 else shown.confidence end as confidence,
        case when coded.ordinal = 1 then shown.agreeing_names end as agreeing,
        case when coded.ordinal = 1 then shown.contradicting_names end as contradicting
    from coded
    left join groups on coded.project_key_sk = groups.project_key_sk
    left join shown on coded.project_key_sk = shown.project_key_sk
)

select * from final

{{ config(materialized='renewed') }}

with recursive pairs as (
    select * from {{ ref('int_project_pair__judged') }}
),

key_months as not materialized (
    select * from {{ current_rows('int_project_key_month') }} as int_project_key_month
),

-- All links, and those by decision alone: where all of them contradict the months, the decisions still count.
links as (
    select
        'all' as link_kind,
        earlier_key_sk,
        later_key_sk
    from pairs
    where is_linked
    union all
    select
        'decided' as link_kind,
        earlier_key_sk,
        later_key_sk
    from pairs
    where is_linked and is_decided_same
),

both_ways as (
    select
        link_kind,
        earlier_key_sk as from_sk,
        later_key_sk as to_sk
    from links
    union all
    select
        link_kind,
        later_key_sk as from_sk,
        earlier_key_sk as to_sk
    from links
),

reached as (
    select
        link_kind,
        from_sk as project_key_sk,
        from_sk as member_sk
    from both_ways
    union
    select
        reached.link_kind,
        reached.project_key_sk,
        both_ways.to_sk as member_sk
    from reached
    inner join both_ways on reached.link_kind = both_ways.link_kind and reached.member_sk = both_ways.from_sk
),

labelled as (
    select
        link_kind,
        project_key_sk,
        min(member_sk) as project_sk
    from reached
    group by link_kind, project_key_sk
),

months as (
    select
        labelled.link_kind,
        labelled.project_sk,
        key_months.report_month
    from labelled
    inner join key_months on labelled.project_key_sk = key_months.project_key_sk
    group by labelled.link_kind, labelled.project_sk, key_months.report_month
    having count(*) > 1
),

contradicted as (
    select
        link_kind,
        project_sk
    from months
    union
    select
        one.link_kind,
        one.project_sk
    from pairs
    inner join labelled as one on pairs.earlier_key_sk = one.project_key_sk
    inner join labelled as other
        on
            pairs.later_key_sk = other.project_key_sk
            and one.link_kind = other.link_kind
            and one.project_sk = other.project_sk
    where pairs.is_decided_different
),

told as (
    select
        labelled.project_key_sk,
        labelled.link_kind,
        labelled.project_sk,
        contradicted.project_sk is not null as is_contradicted
    from labelled
    left join contradicted
        on labelled.link_kind = contradicted.link_kind and labelled.project_sk = contradicted.project_sk
),

grouped as (
    select
        project_key_sk,
        coalesce(
            min(project_sk) filter (where link_kind = 'all' and not is_contradicted),
            min(project_sk) filter (where link_kind = 'decided' and not is_contradicted),
            project_key_sk
        ) as project_sk,
        bool_or(is_contradicted) as is_contradicted
    from told
    group by project_key_sk
)

select * from grouped

{{ config(keys=['check_id']) }}

with runs as (
    select * from {{ ref('stg_gate_run') }}
),

packs as (
    select * from {{ ref('stg_rule_pack') }}
),

used as (
    select
        catalogue_version,
        max(gate_run_id) as last_run_id,
        row_number() over (order by max(gate_run_id) desc) as newest_first
    from runs
    group by catalogue_version
),

ranked as (
    select
        packs.*,
        used.newest_first = 1 as is_active,
        row_number() over (partition by packs.check_id order by used.newest_first) as newest_of_check
    from packs
    inner join used on packs.catalogue_version = used.catalogue_version
),

newest as (
    select
        check_id,
        rule_id,
        check_level as level,
        severity,
        title_zh,
        title_en,
        rule_title_zh,
        advice_zh,
        is_active,
        catalogue_version
    from ranked
    where newest_of_check = 1
)

select * from newest

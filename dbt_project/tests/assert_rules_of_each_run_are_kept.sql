-- Each run of the gate that decided has left the rules by which it judged, every check that it made among them.
with runs as (
    select * from {{ ref('stg_gate_run') }}
),

packs as (
    select * from {{ ref('stg_rule_pack') }}
),

rule_runs as (
    select * from {{ ref('stg_rule_run') }}
),

newest as (
    select
        catalogue_version,
        max(gate_run_id) as gate_run_id
    from runs
    group by catalogue_version
),

missing as (
    select
        newest.catalogue_version,
        rule_runs.check_id
    from newest
    inner join rule_runs on newest.gate_run_id = rule_runs.gate_run_id
    left join packs
        on newest.catalogue_version = packs.catalogue_version and rule_runs.check_id = packs.check_id
    where packs.check_id is null
)

select * from missing

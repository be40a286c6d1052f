with named as (
    select * from {{ ref('int_leader_month__named') }}
),

leaders as (
    select * from {{ ref('int_leader__keyed') }}
),

keyed as (
    select
        leaders.leader_sk,
        named.*
    from named
    inner join leaders on named.unit_code = leaders.unit_code and named.leader_name = leaders.leader_name
)

select * from keyed

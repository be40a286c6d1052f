{{
    config(
        keys=['leader_sk'],
        scope={'relation': 'int_leader__touched', 'columns': ['leader_sk']},
    )
}}

-- depends_on: {{ ref('int_leader__touched') }}
with keyed as (
    select * from {{ ref('int_leader_month__keyed') }}
),

-- A leader whose office is not written this time keeps the one that was written last.
described_before as (
    select
        leader_sk,
        leader_role
    from {{ rows_before('dim_leader') }} as dim_leader
),

described as (
    select
        leader_sk,
        min(unit_code) as unit_code,
        min(leader_name) as leader_name,
        (array_agg(leader_role order by report_month desc, row_number asc) filter (where leader_role is not null))[1]
            as leader_role
    from keyed
    group by leader_sk
),

final as (
    select
        described.leader_sk,
        described.unit_code,
        described.leader_name,
        coalesce(described.leader_role, described_before.leader_role) as leader_role
    from described
    left join described_before on described.leader_sk = described_before.leader_sk
)

select * from final

{{ config(materialized='renewed') }}

with pairs as (
    select * from {{ ref('int_project_pair') }}
    where not is_side_by_side
),

key_months as not materialized (
    select * from {{ current_rows('int_project_key_month') }} as int_project_key_month
),

kinds as (
    select * from {{ ref('project_match_evidence') }}
),

handovers as (
    select
        pairs.earlier_key_sk,
        pairs.later_key_sk,
        date_trunc('year', earlier.report_month) = date_trunc('year', later.report_month) as is_one_year,
        earlier.project_name as earlier_name,
        later.project_name as later_name,
        earlier.total_investment_wan as earlier_total_wan,
        later.total_investment_wan as later_total_wan,
        earlier.completed_before_year_wan as earlier_before_year_wan,
        later.completed_before_year_wan as later_before_year_wan,
        earlier.since_start_wan as earlier_since_start_wan,
        later.since_start_wan as later_since_start_wan,
        earlier.start_date as earlier_start_date,
        later.start_date as later_start_date,
        earlier.project_location as earlier_location,
        later.project_location as later_location,
        earlier.responsible_org as earlier_org,
        later.responsible_org as later_org,
        earlier.project_lists as earlier_lists,
        later.project_lists as later_lists,
        earlier.sequence_no as earlier_sequence_no,
        later.sequence_no as later_sequence_no
    from pairs
    inner join key_months as later
        on pairs.later_key_sk = later.project_key_sk and pairs.report_month = later.report_month
    cross join lateral (
        select key_months.* from key_months
        where key_months.project_key_sk = pairs.earlier_key_sk and key_months.report_month < pairs.report_month
        order by key_months.report_month desc
        limit 1
    ) as earlier
),

-- What was completed before the year is the same all year; in a later year it has everything that was reported before.
distances as (
    select
        handovers.*,
        kinds.evidence_id,
        kinds.agree_within_pct,
        kinds.contradict_beyond_pct,
        case kinds.evidence_id
            when 'total_investment' then {{ apart_percent('handovers.earlier_total_wan', 'handovers.later_total_wan') }}
            when 'figures_continue' then
                case
                    when handovers.earlier_since_start_wan <= 0 then null
                    when handovers.is_one_year
                        then
                            {{ apart_percent(
                                'handovers.earlier_before_year_wan', 'handovers.later_before_year_wan'
                            ) }}
                    else
                        {{ short_percent('handovers.earlier_since_start_wan', 'handovers.later_before_year_wan') }}
                end
                + {{ short_percent('handovers.earlier_since_start_wan', 'handovers.later_since_start_wan') }}
        end as distance_pct,
        case kinds.evidence_id
            when 'start_date' then handovers.earlier_start_date = handovers.later_start_date
            when 'location' then handovers.earlier_location = handovers.later_location
            when 'owner' then handovers.earlier_org = handovers.later_org
            when 'place_in_list'
                then
                    handovers.earlier_lists = handovers.later_lists
                    and handovers.earlier_sequence_no = handovers.later_sequence_no
        end as is_equal,
        kinds.evidence_id = 'start_date' and not handovers.earlier_start_date && handovers.later_start_date as is_apart
    from handovers
    cross join kinds
),

told as (
    select
        earlier_key_sk,
        later_key_sk,
        earlier_name,
        later_name,
        evidence_id,
        case
            when is_equal or distance_pct <= agree_within_pct then 'agrees'
            when is_apart or distance_pct > contradict_beyond_pct then 'contradicts'
            else 'unknown'
        end as outcome
    from distances
)

select * from told

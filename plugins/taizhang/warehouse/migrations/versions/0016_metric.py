"""The view of metrics: what ops and audit know anyway, one row per metric and labels. Nothing is stored for it."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

VIEW = """
create view ops.metric as
with newest_run as (
    select * from audit.gate_run where state = 'done' order by gate_run_id desc limit 1
),

shown as (
    select publication.* from ops.publication as publication
    inner join ops.current_publication as current_publication using (publication_id)
),

-- Decided for the first time in the last 30 days.
decided as (
    select judgement.submission_id, gate_run.finished_at as decided_at
    from audit.gate_run as gate_run
    inner join audit.judgement as judgement using (gate_run_id)
    where
        gate_run.state = 'done'
        and gate_run.finished_at > now() - interval '30 days'
        and not exists (
            select from audit.judgement as earlier
            where
                earlier.submission_id = judgement.submission_id
                and earlier.gate_run_id < judgement.gate_run_id
        )
),

lag as (
    select
        extract(epoch from min(publication.published_at) - decided.decided_at) as published_after_seconds,
        cast(timezone('Asia/Shanghai', decided.decided_at) as date) - submission.filed_on as decided_after_days
    from decided
    inner join ops.submission as submission using (submission_id)
    left join ops.publication_scope as scope using (submission_id)
    left join ops.publication as publication
        on scope.publication_id = publication.publication_id and publication.state = 'published'
    group by decided.submission_id, decided.decided_at, submission.filed_on
),

quantile (share) as (values (0.5), (0.9), (1.0)),

pull as (
    select
        source_name,
        count(*) filter (where pull_id > coalesce(last_done, 0) and state in ('failed', 'killed')) as failed_since,
        max(finished_at) filter (where pull_id = last_done) as done_at
    from (
        select *, max(pull_id) filter (where state = 'done') over (partition by source_name) as last_done
        from ops.source_pull
    ) as numbered
    group by source_name
)

select
    'submissions' as metric,
    jsonb_build_object('state', state) as labels,
    cast(count(*) as double precision) as value
from ops.submission group by state
union all
select 'waiting_seconds', '{}', coalesce(extract(epoch from now() - min(state_at)), 0)
from ops.submission where state in ('received', 'read')
union all
select 'findings', jsonb_build_object('rule_id', rule_id, 'severity', severity), sum(rows_failed)
from audit.rule_run inner join newest_run using (gate_run_id) group by rule_id, severity
union all
select 'judged', jsonb_build_object('outcome', outcome), count(*)
from audit.judgement inner join newest_run using (gate_run_id) group by outcome
union all
select 'gate_run_seconds', '{}', extract(epoch from finished_at - started_at) from newest_run
union all
select 'gate_run_timestamp_seconds', '{}', extract(epoch from finished_at) from newest_run
union all
select 'gate_runs_failed', '{}', count(*)
from audit.gate_run
where state = 'error' and gate_run_id > coalesce((select gate_run_id from newest_run), 0)
union all
select 'publication_number', '{}', publication_id from shown
union all
select 'publication_seconds', '{}', extract(epoch from published_at - opened_at) from shown
union all
select 'publication_timestamp_seconds', '{}', extract(epoch from published_at) from shown
union all
select 'publications_failed', '{}', count(*)
from ops.publication where state = 'failed' and publication_id > coalesce((select publication_id from shown), 0)
union all
select 'publication_building_seconds', '{}', coalesce(extract(epoch from now() - min(opened_at)), 0)
from ops.publication where state = 'building'
union all
select 'decided_after_days', jsonb_build_object('quantile', share),
    percentile_cont(share) within group (order by decided_after_days)
from lag cross join quantile where decided_after_days is not null group by share
union all
select 'published_after_seconds', jsonb_build_object('quantile', share),
    percentile_cont(share) within group (order by published_after_seconds)
from lag cross join quantile where published_after_seconds is not null group by share
union all
select 'pulls_failed', jsonb_build_object('source_name', source_name), failed_since from pull
union all
select 'pull_timestamp_seconds', jsonb_build_object('source_name', source_name), extract(epoch from done_at)
from pull where done_at is not null
"""


def upgrade() -> None:
    """Apply."""
    op.execute(VIEW)
    op.execute("comment on view ops.metric is 'What is to be watched; metrics.yml says what each one means.'")

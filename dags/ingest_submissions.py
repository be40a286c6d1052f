"""Take what counties have sent, read it, judge it, decide it: every night.

First the outside sources of `config/sources.yml` are pulled into the inbox; one that fails holds up nothing, but the
run ends as failed. The files are read in 8 to 16 chunks of about equal size; the rules judge the whole batch at once.
Whoever has something to mend or to explain finds a feedback workbook in the outbox. When a unit's accepted figures have
changed, the asset `accepted_submissions` starts the DAG `publish_marts`.
"""

from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronTriggerTimetable, chain, dag

from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.nightly import (
    DEFAULT_ARGS,
    announce,
    discover,
    give_feedback,
    ingest_chunk,
    judge,
    pending_feedback,
)
from taizhang.airflow_tasks.pulling import pull, sources


@dag(
    # Without the last argument the first start makes up for a night that was up to 2.4 hours ago.
    schedule=CronTriggerTimetable("30 1 * * *", timezone="Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "ingest"],
    doc_md=__doc__,
)
def ingest_submissions() -> None:
    """Order of the steps."""
    chunks, wanted = discover(), pending_feedback()
    chain(pull.expand(source=sources()), [chunks, EmptyOperator(task_id="all_sources_pulled")])
    chain(ingest_chunk.expand(chunk=chunks), judge(), [announce(), wanted])
    give_feedback.expand(chunk=wanted)


ingest_submissions()

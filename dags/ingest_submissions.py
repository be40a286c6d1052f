"""Take what counties have sent, read it, judge it, decide it: every night.

The files are read in 8 to 16 chunks of about equal size; the rules judge the whole batch at once. Whoever has something
to mend or to explain finds a feedback workbook in the outbox. When a unit's accepted figures have changed, the asset
`accepted_submissions` starts the DAG `publish_marts`.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, chain, dag

from taizhang.airflow_tasks.nightly import (
    DEFAULT_ARGS,
    announce,
    discover,
    give_feedback,
    ingest_chunk,
    judge,
    pending_feedback,
)


@dag(
    # Without the last argument the first start makes up for a night that was up to 2.4 hours ago.
    schedule=CronTriggerTimetable("30 1 * * *", timezone="Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["taizhang", "ingest"],
    doc_md=__doc__,
)
def ingest_submissions() -> None:
    """Order of the steps."""
    wanted = pending_feedback()
    chain(ingest_chunk.expand(chunk=discover()), judge(), [announce(), wanted])
    give_feedback.expand(chunk=wanted)


ingest_submissions()

"""Tell who is late, what is overdue and what was sent back: every morning after the night.

What is told stands in `ops.notice`, each stage of a matter once. Each recipient of `config/notifications.yml` gets one
digest a day by each of its channels; what could not be sent is sent by the next run. As committed nothing is sent.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, chain, dag

from taizhang.airflow_tasks.deadlines import find_notices, send_digests
from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.nightly import DEFAULT_ARGS


@dag(
    # Without the last argument the first start makes up for a morning that was up to 2.4 hours ago.
    schedule=CronTriggerTimetable("30 8 * * *", timezone="Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "notices"],
    doc_md=__doc__,
)
def watch_deadlines() -> None:
    """Order of the steps."""
    chain(find_notices(), send_digests())


watch_deadlines()

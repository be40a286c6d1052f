"""Keep house, every Sunday: partitions ahead of time, removal by policy, vacuum, rotation of logs, Airflow's history.

What may go, and after how many days, says `config/retention.yml`; a legal hold goes before it. What went stands in
`ops.housekeeping_run` and `audit.removal`. `taizhang housekeeping` says beforehand what would go.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, chain, dag

from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.keeping import clean_airflow, housekeep
from taizhang.airflow_tasks.nightly import DEFAULT_ARGS


@dag(
    # In the afternoon nothing else is at work; the first start makes up for no Sunday of the past.
    schedule=CronTriggerTimetable("0 15 * * 0", timezone="Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "keeping"],
    doc_md=__doc__,
)
def housekeeping() -> None:
    """Order of the steps."""
    chain(housekeep(), clean_airflow())


housekeeping()

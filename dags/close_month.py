"""Lay each month whose last due day has passed before those who close months, and close it if one of them says so.

They see control totals, missing units, open findings and revisions, of the newest publication. What they say counts for
that publication only: when a newer one has appeared, the month is laid before them anew the next morning.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag

from taizhang.airflow_tasks.closing import MonthApproval, lay_months
from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.nightly import DEFAULT_ARGS


@dag(
    schedule=CronTriggerTimetable("0 8 * * *", timezone="Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "people"],
    doc_md=__doc__,
)
def close_month() -> None:
    """Order of the steps."""
    MonthApproval.partial(task_id="approve").expand_kwargs(lay_months())


close_month()

"""Lay what passed the gate before the reviewers of its region, where `config/approvals.yml` asks for a review.

One form a region and morning. What they accept comes into force with the next night; what they return goes back to its
unit with the reason; what they do not answer is laid before them again the next morning.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag

from taizhang.airflow_tasks.closing import ReviewApproval, lay_reviews
from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.nightly import DEFAULT_ARGS


@dag(
    schedule=CronTriggerTimetable("10 8 * * *", timezone="Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "people"],
    doc_md=__doc__,
)
def review_submissions() -> None:
    """Order of the steps."""
    ReviewApproval.partial(task_id="review").expand_kwargs(lay_reviews())


review_submissions()

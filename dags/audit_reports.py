"""Audit the narrative reports in `var/reports_in`: every morning after the night, and whenever it is started by hand.

Each file is audited once, by its content, and stays where it is. What was found stands in `audit.report`,
`audit.report_figure` and `audit.report_relation`, and from the next publication on in the mart `rpt_report_audit`.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag

from taizhang.airflow_tasks.auditing import audit_chunk, discover_reports
from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.nightly import DEFAULT_ARGS


@dag(
    # After the night, so that figures are compared with what it has published.
    schedule=CronTriggerTimetable("0 7 * * *", timezone="Asia/Shanghai", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "reports"],
    doc_md=__doc__,
)
def audit_reports() -> None:
    """Order of the steps."""
    audit_chunk.expand(chunk=discover_reports())


audit_reports()

"""Publish what has been accepted: build the marts for it, compare the control totals, show them, certify them, report.

Readers see the whole publication or nothing of it. A publication that cannot be finished is abandoned; what it should
have shown goes into the next one.
"""

from airflow.sdk import chain, dag

from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.nightly import (
    ACCEPTED_SUBMISSIONS,
    DEFAULT_ARGS,
    abandon_unfinished,
    build,
    flip,
    open_publication,
    reconcile,
    report,
)


@dag(
    schedule=[ACCEPTED_SUBMISSIONS],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "publish"],
    doc_md=__doc__,
)
def publish_marts() -> None:
    """Order of the steps."""
    publication_id = open_publication()
    steps = build(publication_id), reconcile(publication_id), flip(publication_id), report(publication_id)
    chain(publication_id, *steps, abandon_unfinished(publication_id))


publish_marts()

"""Fill years of history in: started by hand, with the first and the last month and the folder that holds the files.

Months are judged in their order, and published at the end of each year; nights go on meanwhile. Started again with the
same months and folder, it goes on where it was.
"""

from airflow.sdk import Param, dag

from taizhang.airflow_tasks.failures import tell_of_failure
from taizhang.airflow_tasks.keeping import fill_history
from taizhang.airflow_tasks.nightly import DEFAULT_ARGS

MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    on_failure_callback=tell_of_failure,
    tags=["taizhang", "keeping"],
    doc_md=__doc__,
    params={
        "first": Param("2021-01", type="string", pattern=MONTH, description="The first month."),
        "last": Param("2025-12", type="string", pattern=MONTH, description="The last month."),
        "folder": Param("", type="string", description="Folder on the machine of the tasks; empty: the inbox."),
    },
)
def backfill_history() -> None:
    """Order of the steps."""
    fill_history("{{ params.first }}", "{{ params.last }}", "{{ params.folder }}")


backfill_history()

"""Parses the DAGs as Airflow does, in a process of its own, and prints what it found as JSON."""

import json
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import TimeRestriction

HEAVY = (
    *("great_expectations", "dbt", "pandas", "numpy", "python_calamine", "xlsxwriter", "matplotlib", "typst"),
    *("boto3", "paramiko", "asyncssh", "apprise", "imap_tools", "openlineage"),
)
OURS = "taizhang."
# A quarter of an hour after the night of 21 March in China.
AFTER_A_NIGHT = datetime(2026, 3, 20, 17, 45, tzinfo=UTC)


def first_run(dag: Any) -> str | None:
    """When the DAG runs first, by the clock, if it becomes known just after a night."""
    timetable = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).timetable
    with mock.patch("airflow.timetables.trigger.utcnow", return_value=AFTER_A_NIGHT):
        found = timetable.next_dagrun_info(
            last_automated_data_interval=None, restriction=TimeRestriction(None, None, catchup=False)
        )
    return found.run_after.isoformat() if found else None


def describe(folder: Path) -> dict[str, object]:
    """Return the DAGs of a folder with their tasks, the import errors and the heavy modules that parsing loaded."""
    before = {name for name in HEAVY if name in sys.modules}
    bag = DagBag(dag_folder=str(folder), bundle_name="dags-folder")
    return {
        "import_errors": bag.import_errors,
        "heavy_before": sorted(before),
        "heavy": sorted(name for name in HEAVY if name in sys.modules),
        "heavy_unknown": [name for name in HEAVY if find_spec(name) is None],
        "ours": sorted(name for name in sys.modules if name.startswith(OURS)),
        "dags": {
            dag.dag_id: {
                "file": Path(dag.fileloc).name,
                "tags": sorted(dag.tags),
                "catchup": dag.catchup,
                "max_active_runs": dag.max_active_runs,
                "first_run": first_run(dag),
                "doc": dag.doc_md,
                "on_failure": type(dag.on_failure_callback).__name__,
                "tasks": {
                    task.task_id: {
                        "retries": task.retries,
                        "owner": task.owner,
                        "at_once": getattr(task, "max_active_tis_per_dagrun", None),
                        "downstream": sorted(task.downstream_task_ids),
                        "is_teardown": task.is_teardown,
                        "doc": task.doc_md or "",
                    }
                    for task in dag.tasks
                },
            }
            for dag in bag.dags.values()
        },
    }


if __name__ == "__main__":
    print(json.dumps(describe(Path(sys.argv[1]))))

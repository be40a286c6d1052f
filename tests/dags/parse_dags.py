"""Parses the DAGs as Airflow does, in a process of its own, and prints what it found as JSON."""

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

HEAVY = ("great_expectations", "dbt", "pandas", "numpy", "calamine")


def describe(folder: Path) -> dict[str, object]:
    """Return the DAGs of a folder with their tasks, the import errors and the heavy modules that parsing loaded."""
    before = {name for name in HEAVY if name in sys.modules}
    bag = DagBag(dag_folder=str(folder), bundle_name="dags-folder")
    return {
        "import_errors": bag.import_errors,
        "heavy_before": sorted(before),
        "heavy": sorted(name for name in HEAVY if name in sys.modules),
        "dags": {
            dag.dag_id: {
                "file": Path(dag.fileloc).name,
                "tags": sorted(dag.tags),
                "catchup": dag.catchup,
                "max_active_runs": dag.max_active_runs,
                "doc": dag.doc_md,
                "tasks": {
                    task.task_id: {
                        "retries": task.retries,
                        "owner": task.owner,
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

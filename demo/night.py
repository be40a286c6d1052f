"""One night of the demonstration: files into the inbox, then the DAGs of a running Airflow, through its REST API."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from taizhang.errors import TaizhangError
from taizhang.server.airflow_client import Run
from taizhang.sources.inbox import submit

INGEST = "ingest_submissions"
PUBLISH = "publish_marts"
ANNOUNCE = "announce"

Watch = Callable[[Run], None]


class NightFailedError(TaizhangError):
    """A DAG did not end well; the message names it and its tasks."""


class Client(Protocol):
    """What a night asks of Airflow; `AirflowClient` does it."""

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run."""

    def trigger(self, dag_id: str) -> Run:
        """Start a run now."""

    def wait(self, run: Run, *, watch: Watch | None = None) -> Run:
        """Wait until a run has finished."""

    def run_caused_by(self, cause: Run, dag_id: str) -> Run:
        """Return the run of another DAG that `cause` has started."""


@dataclass(frozen=True)
class Night:
    """The runs of a night; `publish` is None when there was nothing new to publish."""

    ingest: Run
    publish: Run | None


def run_night(client: Client, files: list[Path], watch: Watch) -> Night:
    """Submit files and let Airflow take them all the way; NightFailedError when a DAG fails.

    They count as filed when they were last modified. The second DAG is not triggered here: it must start by itself, by
    the asset that the first one announces.
    """
    submit(files, keep_times=True)
    for dag_id in (INGEST, PUBLISH):
        client.unpause(dag_id)
    ingest = _finished(client.wait(client.trigger(INGEST), watch=watch))
    if ingest.task_state(ANNOUNCE) == "skipped":
        return Night(ingest, None)
    publish = client.wait(client.run_caused_by(ingest, PUBLISH), watch=watch)
    return Night(ingest, _finished(publish))


def _finished(run: Run) -> Run:
    if run.state != "success":
        raise NightFailedError(f"{run.dag_id} {run.run_id} ended as {run.state}: {run.summary()}")
    return run

"""A small client of Airflow's REST API: unpause, trigger, watch."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from taizhang.errors import TaizhangError
from taizhang.server.airflow_config import admin_password, web_url
from taizhang.server.web_users import ADMIN_USER

_FINISHED = ("success", "failed")
_POLL_SECONDS = 1.0


class AirflowClientError(TaizhangError):
    """Airflow refuses a request or does not come to an end in time; the message says which."""


@dataclass(frozen=True)
class Task:
    """A task of a run: its name, its place among mapped tasks (-1: not mapped), its state, when its last try ran."""

    task_id: str
    map_index: int
    state: str | None
    try_number: int
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class Run:
    """A run of a DAG as it was when asked for, with its tasks."""

    dag_id: str
    run_id: str
    state: str
    tasks: tuple[Task, ...]

    @property
    def is_finished(self) -> bool:
        """Whether the run has come to an end, good or bad."""
        return self.state in _FINISHED

    def task_state(self, task_id: str) -> str | None:
        """The state of a task; of a mapped one the state that most of its parts have."""
        states = Counter(task.state for task in self.tasks if task.task_id == task_id)
        return states.most_common(1)[0][0] if states else None

    def summary(self) -> str:
        """One line: each task with its state, mapped ones as finished/all."""
        parts = []
        for task_id in dict.fromkeys(task.task_id for task in self.tasks):
            parts_of_it = [task for task in self.tasks if task.task_id == task_id]
            if len(parts_of_it) == 1:
                parts.append(f"{task_id} {parts_of_it[0].state or 'waiting'}")
            else:
                done = sum(task.state == "success" for task in parts_of_it)
                parts.append(f"{task_id} {done}/{len(parts_of_it)}")
        return ", ".join(parts)


class AirflowClient:
    """Asks a running Airflow; made by `connect()`."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def unpause(self, dag_id: str, seconds: float = 60) -> None:
        """Let a DAG run; waits until the DAG processor has found it, AirflowClientError when it does not."""
        deadline = time.monotonic() + seconds
        while self._http.get(f"/dags/{dag_id}").status_code == httpx.codes.NOT_FOUND:
            if time.monotonic() > deadline:
                raise AirflowClientError(f"Airflow does not know the DAG {dag_id} after {seconds:.0f} s")
            time.sleep(_POLL_SECONDS)
        self._ask("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def pause(self, dag_id: str) -> None:
        """Let a DAG start no run; those that run go on."""
        self._ask("PATCH", f"/dags/{dag_id}", json={"is_paused": True})

    def trigger(self, dag_id: str) -> Run:
        """Start a run now."""
        answer = self._ask("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None})
        return self.run(dag_id, answer["dag_run_id"])

    def run(self, dag_id: str, run_id: str) -> Run:
        """Return a run and its tasks as they are now."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}"
        state = self._ask("GET", path)["state"]
        tasks = self._ask("GET", f"{path}/taskInstances", params={"limit": 100, "order_by": "start_date"})
        return Run(
            dag_id,
            run_id,
            state,
            tuple(
                Task(
                    *(one[name] for name in ("task_id", "map_index", "state", "try_number")),
                    *(one[name] and datetime.fromisoformat(one[name]) for name in ("start_date", "end_date")),
                )
                for one in tasks["task_instances"]
            ),
        )

    def wait(self, run: Run, seconds: float = 900, watch: Callable[[Run], None] | None = None) -> Run:
        """Wait until a run has finished; `watch` sees every change. AirflowClientError when it takes longer."""
        deadline = time.monotonic() + seconds
        seen = None
        while True:
            run = self.run(run.dag_id, run.run_id)
            if watch is not None and run != seen:
                watch(run)
                seen = run
            if run.is_finished:
                return run
            if time.monotonic() > deadline:
                raise AirflowClientError(f"{run.dag_id} has not finished after {seconds:.0f} s: {run.summary()}")
            time.sleep(_POLL_SECONDS)

    def run_caused_by(self, cause: Run, dag_id: str, seconds: float = 60) -> Run:
        """Return the run of another DAG that an asset announced by `cause` has started.

        Raises AirflowClientError when none has started within that time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            newest = {"order_by": "-run_after", "limit": 10}
            for candidate in self._ask("GET", f"/dags/{dag_id}/dagRuns", params=newest)["dag_runs"]:
                path = f"/dags/{dag_id}/dagRuns/{candidate['dag_run_id']}/upstreamAssetEvents"
                events = self._ask("GET", path)["asset_events"]
                if any((one["source_dag_id"], one["source_run_id"]) == (cause.dag_id, cause.run_id) for one in events):
                    return self.run(dag_id, candidate["dag_run_id"])
            time.sleep(_POLL_SECONDS)
        raise AirflowClientError(f"{dag_id} was not started by {cause.dag_id} {cause.run_id} within {seconds:.0f} s")

    def returned(self, run: Run, task_id: str, map_index: int = -1) -> Any:
        """Return what a task of the run returned."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        return self._ask("GET", path, params={"map_index": map_index, "deserialize": True})["value"]

    def answer(self, run: Run, task_id: str, map_index: int, choice: str, **given: str) -> None:
        """Answer a task that asks people, as the user who is logged in; `given` are the fields of its form."""
        path = f"/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}/{map_index}/hitlDetails"
        self._ask("PATCH", path, json={"chosen_options": [choice], "params_input": given})

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self._http.request(method, path, **arguments)
        if answer.is_error:
            raise AirflowClientError(f"Airflow answers {answer.status_code} to {method} {path}: {answer.text[:300]}")
        return answer.json()


@contextmanager
def connect() -> Iterator[AirflowClient]:
    """Log in to the Airflow of this home as its administrator; AirflowClientError when it does not run."""
    url = web_url()
    try:
        credentials = {"username": ADMIN_USER, "password": admin_password()}
        answer = httpx.post(f"{url}/auth/token", json=credentials, timeout=30, trust_env=False)
    except httpx.ConnectError as error:
        raise AirflowClientError(f"Airflow does not run at {url}; start it with `taizhang up`") from error
    if answer.is_error:
        raise AirflowClientError(f"Airflow refuses the login: {answer.status_code} {answer.text[:300]}")
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    with httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=30, trust_env=False) as http:
        yield AirflowClient(http)

"""The client of Airflow's REST API, against answers as Airflow 3.3 gives them."""

from datetime import UTC, datetime

import httpx
import pytest

from taizhang.server.airflow_client import AirflowClient, AirflowClientError, Run, Task


def _client(answers: dict[str, list[httpx.Response]]) -> AirflowClient:
    """A client whose requests are answered from the lists, the last answer again and again."""

    def answer(request: httpx.Request) -> httpx.Response:
        listed = answers[f"{request.method} {request.url.path}"]
        return listed.pop(0) if len(listed) > 1 else listed[0]

    return AirflowClient(httpx.Client(base_url="http://airflow/api/v2", transport=httpx.MockTransport(answer)))


def _task(state: str | None, task_id: str = "read", map_index: int = -1) -> dict[str, object]:
    times = {"start_date": "2026-03-01T17:30:00.5Z", "end_date": None}
    return {"task_id": task_id, "map_index": map_index, "state": state, "try_number": 1, **times}


RUN = "/api/v2/dags/night/dagRuns/one"


def test_wait_reports_changes_and_ends_with_the_run() -> None:
    client = _client(
        {
            f"GET {RUN}": [httpx.Response(200, json={"state": state}) for state in ("running", "running", "success")],
            f"GET {RUN}/taskInstances": [
                httpx.Response(200, json={"task_instances": [_task(None)]}),
                httpx.Response(200, json={"task_instances": [_task(None)]}),
                httpx.Response(200, json={"task_instances": [_task("success")]}),
            ],
        }
    )
    seen: list[str] = []
    run = client.wait(Run("night", "one", "queued", ()), watch=lambda run: seen.append(run.summary()))
    assert run.state == "success"
    assert run.tasks[0].started == datetime(2026, 3, 1, 17, 30, 0, 500_000, tzinfo=UTC)
    assert run.tasks[0].ended is None
    assert seen == ["read waiting", "read success"]


def test_wait_does_not_wait_for_ever() -> None:
    client = _client(
        {
            f"GET {RUN}": [httpx.Response(200, json={"state": "running"})],
            f"GET {RUN}/taskInstances": [httpx.Response(200, json={"task_instances": [_task("running")]})],
        }
    )
    with pytest.raises(AirflowClientError, match="read running"):
        client.wait(Run("night", "one", "queued", ()), seconds=0)


def test_a_refusal_is_an_error_that_says_what_was_asked() -> None:
    client = _client({"POST /api/v2/dags/night/dagRuns": [httpx.Response(409, text="already there")]})
    with pytest.raises(AirflowClientError, match="409 to POST /dags/night/dagRuns: already there"):
        client.trigger("night")


def test_run_caused_by_looks_at_the_events_and_not_at_the_order() -> None:
    runs = {"dag_runs": [{"dag_run_id": "newer"}, {"dag_run_id": "ours"}]}

    def event(run_id: str) -> list[httpx.Response]:
        return [httpx.Response(200, json={"asset_events": [{"source_dag_id": "night", "source_run_id": run_id}]})]

    publish = "GET /api/v2/dags/publish/dagRuns"
    client = _client(
        {
            publish: [httpx.Response(200, json=runs)],
            f"{publish}/newer/upstreamAssetEvents": event("two"),
            f"{publish}/ours/upstreamAssetEvents": event("one"),
            f"{publish}/ours": [httpx.Response(200, json={"state": "queued"})],
            f"{publish}/ours/taskInstances": [httpx.Response(200, json={"task_instances": []})],
        }
    )
    assert client.run_caused_by(Run("night", "one", "success", ()), "publish").run_id == "ours"


def test_summary_counts_mapped_tasks() -> None:
    tasks = (
        Task("discover", -1, "success", 1),
        Task("read", 0, "success", 1),
        Task("read", 1, "running", 1),
        Task("judge", -1, None, 0),
    )
    assert Run("night", "one", "running", tasks).summary() == "discover success, read 1/2, judge waiting"

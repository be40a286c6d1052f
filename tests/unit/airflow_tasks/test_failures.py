"""What Airflow says of a failed run becomes a message, whether or not it knows a task of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from taizhang.airflow_tasks.failures import FailedRunNotifier, tell_of_failure
from taizhang.settings import settings
from tests.unit.notify.receivers import Requests, web_server

MINIMAL = {"dag": SimpleNamespace(dag_id="publish_marts"), "run_id": "manual__1", "reason": "task_failure"}
FULL = MINIMAL | {
    "dag_run": SimpleNamespace(start_date=datetime(2024, 4, 12, 0, 30, tzinfo=UTC)),
    "ti": SimpleNamespace(task_id="reconcile"),
}


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Requests]:
    """A receiver that an Airflow connection leads to, and the file that says so."""
    file = {"send": True, "channels": {"ops": {"connection": "ops"}}, "recipients": {}}
    (tmp_path / "notifications.yml").write_text(yaml.safe_dump(file | {"failed_runs": [{"channel": "ops"}]}))
    monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(tmp_path))
    settings.cache_clear()
    with web_server() as running:
        config = {"config": {"path": f"json://127.0.0.1:{running.port}/ops", "tag": "all"}}
        monkeypatch.setenv("AIRFLOW_CONN_OPS", json.dumps({"conn_type": "apprise", "extra": config}))
        yield running
    settings.cache_clear()


@pytest.mark.parametrize(
    ("context", "said"),
    [
        pytest.param(MINIMAL, ["（开始于 未知）", "原因：task_failure"], id="without a task"),
        pytest.param(FULL, ["（开始于 2024-04-12 08:30）", "任务：reconcile"], id="with a task"),
    ],
)
def test_a_failed_run_is_told_by_the_channel_of_an_airflow_connection(
    web: Requests, context: dict[str, Any], said: list[str]
) -> None:
    FailedRunNotifier()(context)
    ((path, message),) = web.posted
    assert path == "/ops"
    assert message["title"] == "台账任务失败：publish_marts"
    assert [part for part in said if part not in message["message"]] == []


def test_all_dags_share_one_notifier_that_looks_at_nothing_before() -> None:
    assert isinstance(tell_of_failure, FailedRunNotifier)
    assert tell_of_failure.template_fields == ()

"""Under a real Airflow, people answer its forms: a month is closed, and what waits for a review is returned."""

import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine

from taizhang.closing import month_state
from taizhang.closing.people import approvals
from taizhang.publication import publish
from taizhang.quality.amendments import Amendments
from taizhang.quality.gate import judge_batch
from taizhang.server import airflow
from taizhang.server.airflow_client import AirflowClient, Run, connect
from taizhang.server.airflow_config import ADMIN_USER
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.warehouse.connection import address
from tests.pipeline.disturbed import until
from tests.waiting import reading, rows_of, states, submit

pytestmark = [
    pytest.mark.parametrize("server_url", ["embedded"], indirect=True),
    pytest.mark.publishes,
    pytest.mark.usefixtures("own_counts"),
]

JANUARY = date(2024, 1, 1)
AS_A_PERSON = 4.0  # seconds


def ask(folder: Path, **asked: object) -> None:
    """Let the file name Airflow's user as the one who closes months, and with `reviews` also as a reviewer."""
    person = {"id": ADMIN_USER, "name": "王军", "region": "620000"}
    whole = {"people": [person], "closing": {"approvers": [ADMIN_USER]}, **asked}
    (folder / "approvals.yml").write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    shutil.copytree(PROJECT_ROOT / "config", folder)
    monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(folder))
    settings.cache_clear()
    ask(folder)
    return folder


@pytest.fixture
def client(engine: Engine, config: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AirflowClient]:
    """A running Airflow over the test's warehouse, with its metadata in a database beside it."""
    metadata = engine.url.set(database=f"{engine.url.database}_airflow")
    monkeypatch.setenv("TAIZHANG_AIRFLOW_DATABASE_URL", address(metadata))
    settings.cache_clear()
    try:
        airflow.up(print)
        with connect() as connected:
            yield connected
    finally:
        airflow.down(print)


def judge(engine: Engine, *workbooks: tuple[int, str]) -> list[int]:
    numbers = submit(engine, *(reading(month, ytd, ytd) for month, ytd in workbooks))
    judge_batch(engine, amendments=Amendments())
    return numbers


def answered(client: AirflowClient, dag_id: str, task_id: str, choice: str, **given: str) -> Run:
    """A run of a DAG that has ended with this answer.

    An answer within the second in which the task begins to wait makes Airflow ask once more, so it is given like by a
    person: whenever the form stands there for a while.
    """
    client.unpause(dag_id)
    started = client.trigger(dag_id)

    def answer(run: Run) -> bool:
        if run.task_state(task_id) == "awaiting_input":
            time.sleep(AS_A_PERSON)
            client.answer(run, task_id, 0, choice, **given)
            until(lambda: client.run(dag_id, run.run_id).task_state(task_id) != "awaiting_input")
        return run.is_finished

    until(lambda: answer(client.run(dag_id, started.run_id)))
    return client.run(dag_id, started.run_id)


def test_people_close_a_month_and_return_a_submission(engine: Engine, client: AirflowClient, config: Path) -> None:
    judge(engine, (1, "30"))
    publish(engine)
    run = answered(client, "close_month", "approve", "Approve", reason="数据无误")
    assert run.state == "success", run.summary()
    with engine.connect() as connection:
        (closed,) = month_state.newest(connection, JANUARY)
    assert (closed.state, closed.actor, closed.reason) == ("closed", ADMIN_USER, "数据无误")

    ask(config, reviews=[{"region": "621100", "reviewers": [ADMIN_USER]}])
    assert approvals().reviews
    numbers = judge(engine, (3, "30"))
    assert states(engine, numbers) == ["in_review"]
    run = answered(client, "review_submissions", "review", "Reject", reason="请补充佐证", returned="")
    assert (run.state, run.task_state("review")) == ("failed", "failed")
    assert states(engine, numbers) == ["returned"]
    decided = rows_of(engine, "select decision, actor, reason from ops.approval")
    assert decided == [{"decision": "review_returned", "actor": ADMIN_USER, "reason": "请补充佐证"}]

"""A slice of the nation through a scheduler and two Celery workers, one of which is killed while it reads.

Nothing of its task is left half-done: the other worker takes it, and the night ends as one that nobody disturbed.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from benchmarks.redis_server import PROGRAM, is_installed, redis_server
from benchmarks.scales import MONTH
from benchmarks.workload.units import Unit
from benchmarks.workload.workbooks import Job, write_one
from demo.night import INGEST, PUBLISH
from taizhang.codelists import reporting_units
from taizhang.server import airflow, airflow_config, processes
from taizhang.server.airflow_client import AirflowClient, connect
from taizhang.server.airflow_config import airflow_environment
from taizhang.server.components import WORKER, Component, end
from taizhang.settings import settings
from taizhang.sources.inbox import submit
from taizhang.warehouse.connection import address
from tests.pipeline.disturbed import assert_same, contents, held, tries, undisturbed, until, waiting_for

pytestmark = [
    pytest.mark.publishes,
    pytest.mark.parametrize("server_url", ["embedded"], indirect=True),
    pytest.mark.skipif(
        not is_installed(), reason=f"{PROGRAM} is not installed; Debian has it in a package of this name"
    ),
]

SECOND = Component("worker-2", ("celery", "worker", "--skip-serve-logs", "--celery-hostname", "second@%h"))
PROJECTS = 6
# Airflow waits for five minutes before it gives a silent task up.
QUICK = {
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
}
ANSWER_SECONDS = 180


@pytest.fixture
def workbooks(tmp_path: Path) -> list[Path]:
    """A month's workbook of each registered county and zone, in several provinces; a few are faulty."""
    known = [unit for unit in reporting_units().units.values() if unit.unit_kind in ("county", "zone")]
    assert len({unit.unit_code[:2] for unit in known}) > 1
    folder = tmp_path / "workbooks"
    folder.mkdir()
    units = [Unit(unit.unit_code, unit.unit_name, unit.unit_kind, unit.parent_region_code, PROJECTS) for unit in known]
    return [write_one(Job(number, unit, MONTH, folder)) for number, unit in enumerate(units)]


@pytest.fixture
def client(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AirflowClient]:
    """A running Airflow with two Celery workers, each of which takes one task at a time."""
    options = airflow_config._options
    monkeypatch.setattr(airflow_config, "_options", lambda: options() | QUICK)
    metadata = engine.url.set(database=f"{engine.url.database}_airflow")
    with redis_server(tmp_path / "redis") as broker:
        monkeypatch.setenv("TAIZHANG_AIRFLOW_DATABASE_URL", address(metadata))
        monkeypatch.setenv("TAIZHANG_EXECUTOR", "CeleryExecutor")
        monkeypatch.setenv("TAIZHANG_BROKER_URL", broker)
        monkeypatch.setenv("TAIZHANG_PARALLELISM", "1")
        settings.cache_clear()
        try:
            airflow.up(print)
            SECOND.start(airflow_environment())
            assert processes.wait_until(lambda: _workers(broker) == 2, ANSWER_SECONDS), SECOND.log_end()
            with connect() as connected:
                yield connected
        finally:
            end([SECOND])
            airflow.down(print)


def _workers(broker: str) -> int:
    """How many workers answer."""
    from celery import Celery

    with Celery(broker=broker) as app:
        return len(app.control.ping(timeout=1))


def _kill(worker: Component) -> None:
    """Kill the worker and all that it started, at once."""
    members = worker.members()
    assert len(members) > 1
    for process in members:
        processes.send(process, signal.SIGKILL)
    assert processes.wait_until(lambda: not worker.members(), ANSWER_SECONDS)


def test_a_worker_that_is_killed_while_it_reads_costs_nothing_but_time(
    engine: Engine, client: AirflowClient, workbooks: list[Path], server_url: str, tmp_path: Path
) -> None:
    submit(workbooks, keep_times=True)
    for dag_id in (INGEST, PUBLISH):
        client.unpause(dag_id)
    empty = contents(engine)
    # The rows of the sheets are copied before their columns: both tasks wait with half of a chunk loaded.
    with held(engine, "raw.sheet_column"):
        ingest = client.trigger(INGEST)
        until(lambda: waiting_for(engine, "raw.sheet_column") == 2)
        _kill(SECOND)
        assert contents(engine) == empty
    assert WORKER.leader() is not None

    ingest = client.wait(ingest)
    assert ingest.state == "success", ingest.summary()
    chunks = tries(ingest, "ingest_chunk")
    assert chunks == [1] * (len(chunks) - 1) + [2]
    assert len(chunks) >= 8
    publish = client.wait(client.run_caused_by(ingest, PUBLISH))
    assert publish.state == "success", publish.summary()

    after = contents(engine)
    assert len(after["submission"]) == len(workbooks)
    assert [row.state for row in after["publication"]] == ["published"]
    assert_same(after, undisturbed(server_url, [workbooks], tmp_path / "undisturbed"))

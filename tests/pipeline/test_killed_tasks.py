"""Under a real scheduler, tasks that are killed in the middle are tried again and end as if nothing had happened.

A lock that the test holds makes a task wait at a known point, with half of its work done; there it is killed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine, text

from demo import generate
from demo.night import INGEST, PUBLISH, run_night
from taizhang import night
from taizhang.server import airflow
from taizhang.server.airflow_client import AirflowClient, Run, connect
from taizhang.server.components import COMPONENTS
from taizhang.settings import settings
from taizhang.sources.inbox import submit
from taizhang.warehouse.connection import address
from tests.conftest import fresh_warehouse

pytestmark = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)

# Units of one city: seven counties, a zone and a city-level unit, one of which corrects its last month.
CITY = "6211"
WAIT_SECONDS = 90
# What a warehouse holds, without the numbers that it gives to submissions and runs.
CONTENTS = {
    "submission": """
        select sha256, file_name, state, reason_code, unit_code, report_month from ops.submission order by sha256
    """,
    "event": """
        select sha256, event.state from ops.submission_event as event inner join ops.submission using (submission_id)
        order by sha256, event_id
    """,
    "project_progress": """
        select sha256, to_jsonb(progress) - 'submission_id' as content
        from raw.project_progress as progress inner join ops.submission using (submission_id)
        order by sha256, row_number
    """,
    "sheet_column": """
        select sha256, to_jsonb(sheet_column) - 'submission_id' as content
        from raw.sheet_column inner join ops.submission using (submission_id)
        order by sha256, sheet, letter
    """,
    "finding": """
        select sha256, check_id, cell, value, message_zh
        from audit.finding inner join ops.submission using (submission_id)
        order by sha256, check_id, cell, message_zh
    """,
    "publication": "select publication_id, state, failure from ops.publication order by publication_id",
    "project": "select * from history.dim_project order by project_sk, published_from",
    "project_month": """
        select to_jsonb(month) - 'submission_id' as content from history.fct_project_month as month
        order by report_month, project_sk, published_from
    """,
    "region_month": """
        select * from history.agg_region_month order by report_month, region_code, list_code, published_from
    """,
}


@pytest.fixture
def nights(tmp_path: Path) -> list[list[Path]]:
    """What the city sends: two months in the first night, the third month and its corrections in the second."""
    first_wave, second_wave = (generate(tmp_path / str(wave), wave) for wave in (1, 2))
    mine = [file for file in first_wave if file.unit_code and file.month and file.unit_code.startswith(CITY)]
    last = max(file.month for file in mine if file.month)
    corrections = [file.path for file in second_wave if file.unit_code and file.unit_code.startswith(CITY)]
    assert corrections
    return [
        [file.path for file in mine if file.month != last],
        [*(file.path for file in mine if file.month == last), *corrections],
    ]


@pytest.fixture
def client(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[AirflowClient]:
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


def _contents(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {name: list(connection.execute(text(query))) for name, query in CONTENTS.items()}


def _undisturbed(server_url: str, nights: list[list[Path]], home: Path) -> dict[str, list[Any]]:
    """What the same nights give in another warehouse when nobody disturbs them."""
    with pytest.MonkeyPatch.context() as patch, fresh_warehouse(server_url) as engine:
        patch.setenv("TAIZHANG_HOME", str(home))
        patch.setenv("TAIZHANG_DATABASE_URL", address(engine.url))
        settings.cache_clear()
        for files in nights:
            submit(files, keep_times=True)
            night.run_night(engine)
        found = _contents(engine)
    settings.cache_clear()
    return found


@contextmanager
def _held(engine: Engine, table: str) -> Iterator[None]:
    """Lock the table while the block runs: writers wait."""
    with engine.connect() as connection:
        connection.execute(text(f"lock table {table} in share mode"))
        yield


def _waiting_for(engine: Engine, table: str) -> int:
    """How many connections wait for the table."""
    query = text("select count(*) from pg_locks where not granted and relation = cast(:table as regclass)")
    with engine.connect() as connection:
        return connection.scalar(query, {"table": table}) or 0


def _task_processes() -> list[psutil.Process]:
    """The processes that tasks run in: the children of the scheduler's workers."""
    (leader,) = (component.leader() for component in COMPONENTS if component.name == "scheduler")
    assert leader is not None
    return [task for worker in psutil.Process(leader.pid).children() for task in worker.children()]


def _until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that is dear to look at: not as often as others are."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {WAIT_SECONDS} s"
        time.sleep(0.5)


def _kill_waiting_for(engine: Engine, table: str) -> None:
    """Once every running task waits for the table, kill the process of one of them."""
    _until(lambda: 0 < _waiting_for(engine, table) == len(_task_processes()))
    _task_processes()[0].kill()


def _tries(run: Run, task_id: str) -> list[int]:
    return sorted(task.try_number for task in run.tasks if task.task_id == task_id)


def test_killed_tasks_are_tried_again_and_nothing_is_half_done(
    engine: Engine, client: AirflowClient, nights: list[list[Path]], server_url: str, tmp_path: Path
) -> None:
    first_night, second_night = nights
    run_night(client, first_night, lambda run: None)
    before = _contents(engine)

    submit(second_night, keep_times=True)
    # The rows of the sheets are copied before their columns: the task waits with half of its submissions loaded.
    with _held(engine, "raw.sheet_column"):
        ingest = client.trigger(INGEST)
        _kill_waiting_for(engine, "raw.sheet_column")
        assert _contents(engine) == before
    with ExitStack() as later:
        with _held(engine, "staging.int_region_month__touched"):
            ingest = client.wait(ingest)
            assert ingest.state == "success", ingest.summary()
            assert _tries(ingest, "ingest_chunk")[-1] == 2
            assert _tries(ingest, "judge") == [1]
            publish = client.run_caused_by(ingest, PUBLISH)
            _until(lambda: _waiting_for(engine, "staging.int_region_month__touched") > 0)
            later.enter_context(_held(engine, "history.agg_region_month"))
        # Projects and facts are written by now, the figures of the regions are not.
        _kill_waiting_for(engine, "history.agg_region_month")
        halfway = _contents(engine)
        assert halfway["project_month"] != before["project_month"]
        assert halfway["region_month"] == before["region_month"]
        assert [row.state for row in halfway["publication"]] == ["published", "building"]
    publish = client.wait(publish)
    assert publish.state == "success", publish.summary()
    assert _tries(publish, "build") == [2]
    assert _tries(publish, "open_publication") == _tries(publish, "flip") == [1]

    after = _contents(engine)
    assert [row.state for row in after["publication"]] == ["published", "published"]
    undisturbed = _undisturbed(server_url, nights, tmp_path / "undisturbed")
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in undisturbed.items()}
    assert after == undisturbed

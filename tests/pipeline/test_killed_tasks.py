"""Under a real scheduler, tasks that are killed in the middle are tried again and end as if nothing had happened.

A lock that the test holds makes a task wait at a known point, with half of its work done; there it is killed.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine

from demo import generate
from demo.night import INGEST, PUBLISH, run_night
from taizhang.server import airflow
from taizhang.server.airflow_client import AirflowClient, connect
from taizhang.server.components import COMPONENTS
from taizhang.settings import settings
from taizhang.sources.inbox import submit
from taizhang.warehouse.connection import address
from tests.pipeline.disturbed import assert_same, contents, held, tries, undisturbed, until, waiting_for
from tests.pipeline.private import require_loopback, require_secrets_untold

pytestmark = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)

# Units of one city: seven counties, a zone and a city-level unit, one of which corrects its last month.
CITY = "6211"


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


def _task_processes() -> list[psutil.Process]:
    """The processes that tasks run in: the children of the scheduler's workers."""
    (leader,) = (component.leader() for component in COMPONENTS if component.name == "scheduler")
    assert leader is not None
    return [task for worker in psutil.Process(leader.pid).children() for task in worker.children()]


def _kill_waiting_for(engine: Engine, table: str) -> None:
    """Once every running task waits for the table, kill the process of one of them."""
    until(lambda: 0 < waiting_for(engine, table) == len(_task_processes()))
    _task_processes()[0].kill()


def test_killed_tasks_are_tried_again_and_nothing_is_half_done(
    engine: Engine,
    client: AirflowClient,
    nights: list[list[Path]],
    server_url: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    first_night, second_night = nights
    run_night(client, first_night, lambda run: None)
    before = contents(engine)
    require_loopback()

    submit(second_night, keep_times=True)
    # The rows of the sheets are copied before their columns: the task waits with half of its submissions loaded.
    with held(engine, "raw.sheet_column"):
        ingest = client.trigger(INGEST)
        _kill_waiting_for(engine, "raw.sheet_column")
        assert contents(engine) == before
    with ExitStack() as later:
        with held(engine, "staging.int_region_month__touched"):
            ingest = client.wait(ingest)
            assert ingest.state == "success", ingest.summary()
            assert tries(ingest, "ingest_chunk")[-1] == 2
            assert tries(ingest, "judge") == [1]
            publish = client.run_caused_by(ingest, PUBLISH)
            until(lambda: waiting_for(engine, "staging.int_region_month__touched") > 0)
            later.enter_context(held(engine, "history.agg_region_month"))
        # Projects and facts are written by now, the figures of the regions are not.
        _kill_waiting_for(engine, "history.agg_region_month")
        halfway = contents(engine)
        assert halfway["project_month"] != before["project_month"]
        assert halfway["region_month"] == before["region_month"]
        assert [row.state for row in halfway["publication"]] == ["published", "building"]
    publish = client.wait(publish)
    assert publish.state == "success", publish.summary()
    assert tries(publish, "build") == [2]
    assert tries(publish, "open_publication") == tries(publish, "flip") == [1]
    # Logs of all components and tasks, of what was killed too, the reports, the feedback, dbt's files.
    assert require_secrets_untold("".join(capfd.readouterr())) > 50

    after = contents(engine)
    assert [row.state for row in after["publication"]] == ["published", "published"]
    assert_same(after, undisturbed(server_url, nights, tmp_path / "undisturbed"))

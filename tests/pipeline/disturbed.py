"""What tests of disturbed nights share: what a warehouse holds, the same undisturbed, a lock that tasks wait for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang import night
from taizhang.server.airflow_client import Run
from taizhang.settings import settings
from taizhang.sources.inbox import submit
from taizhang.warehouse.connection import address
from tests.conftest import fresh_warehouse

WAIT_SECONDS = 180
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


def contents(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {name: list(connection.execute(text(query))) for name, query in CONTENTS.items()}


def assert_same(found: dict[str, list[Any]], wanted: dict[str, list[Any]]) -> None:
    """Both warehouses hold the same; the message has only what one of them lacks."""
    assert found.keys() == wanted.keys()
    assert all(wanted.values())
    differing = {
        name: {"only found": _without(found[name], wanted[name]), "only wanted": _without(wanted[name], found[name])}
        for name in wanted
        if found[name] != wanted[name]
    }
    assert not differing, pformat(differing, width=160)


def _without(rows: list[Any], others: list[Any]) -> list[Any]:
    known = {repr(row) for row in others}
    return [row for row in rows if repr(row) not in known]


def undisturbed(server_url: str, nights: list[list[Path]], home: Path) -> dict[str, list[Any]]:
    """What the same nights give in another warehouse when nobody disturbs them."""
    with pytest.MonkeyPatch.context() as patch, fresh_warehouse(server_url) as engine:
        patch.setenv("TAIZHANG_HOME", str(home))
        patch.setenv("TAIZHANG_DATABASE_URL", address(engine.url))
        settings.cache_clear()
        for files in nights:
            submit(files, keep_times=True)
            night.run_night(engine)
        found = contents(engine)
    settings.cache_clear()
    return found


@contextmanager
def held(engine: Engine, table: str) -> Iterator[None]:
    """Lock the table while the block runs: writers wait."""
    with engine.connect() as connection:
        connection.execute(text(f"lock table {table} in share mode"))
        yield


def waiting_for(engine: Engine, table: str) -> int:
    """How many connections wait for the table."""
    query = text("select count(*) from pg_locks where not granted and relation = cast(:table as regclass)")
    with engine.connect() as connection:
        return connection.scalar(query, {"table": table}) or 0


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that is dear to look at: not as often as others are."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {WAIT_SECONDS} s"
        time.sleep(0.5)


def tries(run: Run, task_id: str) -> list[int]:
    return sorted(task.try_number for task in run.tasks if task.task_id == task_id)

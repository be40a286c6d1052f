"""Years filled in at once end where nights would have ended, also when they are killed on the way."""

import multiprocessing
import os
import signal
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from taizhang.evidence.verify import verify
from taizhang.ingest import discover, ingest_chunk
from taizhang.keeping.backfill import BackfillReport, backfill
from taizhang.keeping.backfill_plan import BackfillError
from taizhang.night import run_night
from taizhang.publication import publish
from taizhang.quality.gate import STEP as GATE
from taizhang.quality.gate import judge_batch
from taizhang.reading import confined
from taizhang.sources import inbox
from taizhang.warehouse.connection import exclusive
from tests.conftest import fresh_warehouse
from tests.integration.test_publication_equivalence import Rows, shown
from tests.months_filed import month_file
from tests.waiting import rows_of

pytestmark = [
    pytest.mark.publishes,
    pytest.mark.usefixtures("own_counts"),
    pytest.mark.parametrize("server_url", ["embedded"], indirect=True),
]

FIRST, LAST = date(2024, 1, 1), date(2024, 3, 1)
JUDGED = "select unit_code, report_month, outcome from audit.judgement order by gate_run_id, submission_id"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Three months of two counties; the name of one lies, and sorts before the months ahead of it."""
    folder = tmp_path / "history"
    for month in (1, 2, 3):
        month_file(folder / "a", month, name="0.xlsx" if month == 3 else None)
        month_file(folder / "b", month, unit="通渭县")
    (folder / "b" / "坏.xlsx").write_bytes(b"no workbook")
    return folder


def fill(engine: Engine, folder: Path | None, said: list[str] | None = None) -> BackfillReport:
    return backfill(engine, FIRST, LAST, folder, (said if said is not None else []).append)


def at_night(engine: Engine, folder: Path) -> Rows:
    """File the same months night by night; returns what readers see in the end."""
    for names in ("*1月*", "*2月*", "*"):
        inbox.submit([file for file in folder.rglob(names) if file.is_file()], keep_times=True)
        for chunk in discover(engine):
            ingest_chunk(engine, chunk)
        judge_batch(engine)
        assert publish(engine) is not None
    return shown(engine)


def killed(engine: Engine, folder: Path, message: int) -> None:
    """Fill in, in a process of its own that is killed when it says its n-th message."""

    def run() -> None:
        said: list[str] = []

        def say(line: str) -> None:
            said.append(line)
            if len(said) == message:
                os.kill(os.getpid(), signal.SIGKILL)

        backfill(engine, FIRST, LAST, folder, say)

    confined.close()  # its process would be shared by both
    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def test_a_backfill_ends_where_the_nights_would_have_ended(engine: Engine, server_url: str, history: Path) -> None:
    # Once it has looked into the files, after January, and after March, when all is judged and nothing is published.
    for message in (1, 2, 3):
        killed(engine, history, message)
    said: list[str] = []
    report = fill(engine, history, said)
    assert said[0] == "共 4 个月 7 份，还剩 1 份；跳过：已有有效报送 0 份，不在所选月份 0 份"
    assert rows_of(engine, JUDGED) == [
        {"unit_code": unit, "report_month": date(2024, month, 1), "outcome": "accepted"}
        for month in (1, 2, 3)
        for unit in ("621122", "621121")
    ]
    assert len(report.publications) == 1
    assert any("坏.xlsx" in line for line in said)
    refused = rows_of(engine, "select file_name, report_month from ops.submission where state = 'refused'")
    assert refused == [{"file_name": "坏.xlsx", "report_month": None}]
    assert verify(engine).problems == []
    filled = shown(engine)
    assert fill(engine, history).to_json() == BackfillReport().to_json()

    with engine.begin() as connection:
        assert connection.scalar(text("select count(*) from ops.backfill where finished_at is null")) == 0
    with fresh_warehouse(server_url, built=True) as other:
        nightly = at_night(other, history)
    assert filled.keys() == nightly.keys()
    for view, rows in filled.items():
        assert rows == nightly[view], view
    assert sum(Counter(filled["agg_region_month"]).values()) > 0


def test_what_is_in_force_or_outside_is_passed_over(engine: Engine, tmp_path: Path) -> None:
    inbox.submit([month_file(tmp_path / "new", 2, plan=3100)], keep_times=True)
    assert run_night(engine).accepted == 1
    before = shown(engine)
    folder = tmp_path / "history"
    month_file(folder, 2)
    month_file(folder, 3)
    report = backfill(engine, FIRST, date(2024, 2, 1), folder, [].append)
    assert (report.in_force, report.outside, report.ingested.read, report.publications) == (1, 1, 0, [])
    assert shown(engine) == before


def test_it_waits_for_the_night_to_leave_the_gate(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    month_file(tmp_path / "history", 1)
    said: list[str] = []
    gate = exclusive(engine, GATE)
    gate.__enter__()

    def leave(_: float) -> None:
        gate.__exit__(None, None, None)

    monkeypatch.setattr("taizhang.warehouse.connection.time.sleep", leave)
    report = fill(engine, tmp_path / "history", said)
    assert report.accepted == 1
    assert any(line.startswith("等待") for line in said)


def test_a_wrong_order_to_fill_in_says_why(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BackfillError, match="no folder"):
        fill(engine, tmp_path / "nowhere")
    with pytest.raises(BackfillError, match="comes after"):
        backfill(engine, LAST, FIRST, tmp_path, [].append)

"""When a file was filed: when it was put into the inbox, in China, and never later than taken; which one was later."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from taizhang import ingest
from taizhang.quality.gate import judge_batch
from taizhang.reading.identity import CHINA
from taizhang.reading.result import Refusal, WorkbookReading
from taizhang.settings import settings
from tests.readings import workbook_reading

TODAY = datetime.now(CHINA).date()


def put(name: str, modified: datetime, content: str = "content") -> None:
    path = settings().inbox_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (modified.timestamp(),) * 2)


def take(engine: Engine, monkeypatch: pytest.MonkeyPatch, outcome: WorkbookReading | Refusal) -> date | None:
    """Take what lies in the inbox; returns the day of the one submission there is."""

    def read(path: Path, file_name: str) -> WorkbookReading:
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    monkeypatch.setattr(ingest, "read_workbook", read)
    for chunk in ingest.discover(engine):
        ingest.ingest_chunk(engine, chunk)
    with engine.connect() as connection:
        filed_on: date | None = connection.scalar(text("select filed_on from ops.submission"))
    return filed_on


@pytest.mark.both_servers
def test_it_is_the_day_in_china(engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.xlsx", datetime.fromisoformat("2024-04-09T20:00:00+00:00"))
    assert take(engine, monkeypatch, workbook_reading()) == date(2024, 4, 10)


def test_it_is_never_later_than_the_day_of_receipt(engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.xlsx", datetime.now(CHINA) + timedelta(days=400))
    assert take(engine, monkeypatch, workbook_reading()) in {TODAY, TODAY + timedelta(days=1)}


def test_what_is_read_again_for_no_fault_of_its_own_keeps_its_first_day(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.xlsx", datetime(2024, 4, 9, 12, tzinfo=CHINA))
    refused = Refusal("unit_unknown", "单位不明", "unknown unit")
    assert take(engine, monkeypatch, refused) == date(2024, 4, 9)
    put("again.xlsx", datetime(2024, 4, 20, 12, tzinfo=CHINA))
    assert take(engine, monkeypatch, workbook_reading()) == date(2024, 4, 9)
    with engine.connect() as connection:
        assert connection.scalar(text("select state from ops.submission")) == "read"


def test_the_later_of_two_versions_is_the_later_file_in_whatever_order_they_are_taken(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(CHINA)
    monkeypatch.setattr(ingest, "read_workbook", lambda path, file_name: workbook_reading())

    def newest_after(name: str, hours_old: int) -> str | None:
        put(name, now - timedelta(hours=hours_old), content=name)
        ingest.ingest_chunk(engine, [name])
        statement = "select file_name from ops.submission order by received_at desc, submission_id desc limit 1"
        with engine.connect() as connection:
            return connection.scalar(text(statement))

    assert newest_after("mended.xlsx", hours_old=1) == "mended.xlsx"
    assert newest_after("first.xlsx", hours_old=2) == "mended.xlsx"
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into audit.gate_run (state, finished_at, catalogue_version, submission_count)"
                " values ('done', now(), 'test', 2)"
            )
        )
    # Copied with its old time into the next night's inbox: it came after what was judged all the same.
    assert newest_after("of_the_next_night.xlsx", hours_old=3) == "of_the_next_night.xlsx"


@pytest.mark.usefixtures("own_counts")
def test_versions_older_than_the_last_run_of_the_gate_follow_one_another_as_their_files_do(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "read_workbook", lambda path, file_name: workbook_reading())
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into audit.gate_run (state, finished_at, catalogue_version, submission_count)"
                " values ('done', now(), 'test', 2)"
            )
        )
    now = datetime.now(CHINA)
    for name, hours_old in (("mended.xlsx", 1), ("first.xlsx", 3), ("second.xlsx", 2)):
        put(name, now - timedelta(hours=hours_old), content=name)
        ingest.ingest_chunk(engine, [name])
    judge_batch(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("select file_name, state from ops.submission")).all()
        found = {row.file_name: row.state for row in rows}
    assert found == {"mended.xlsx": "accepted", "first.xlsx": "superseded", "second.xlsx": "superseded"}

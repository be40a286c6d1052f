"""A file that cannot be read is put down to the unit and month that its name tells, and published as refused."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from taizhang import ingest
from taizhang.publication import publish
from taizhang.reading.result import Refusal, WorkbookReading
from taizhang.sources import inbox
from tests.readings import workbook_reading
from tests.waiting import rows_of

pytestmark = pytest.mark.publishes

MARCH = date(2024, 3, 1)
OUTCOMES = (
    "select unit_code, outcome, refused_count from marts.agg_quality_unit_month"
    " where outcome <> 'missing' and report_month = :month"
)


def take(engine: Engine) -> None:
    for chunk in ingest.discover(engine):
        ingest.ingest_chunk(engine, chunk)


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_an_unreadable_file_is_its_units_until_it_can_be_read(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("陇西县2024年3月.xlsx", "月报.xlsx"):
        (tmp_path / name).write_text(f"no workbook: {name}")
        inbox.submit([tmp_path / name])
    take(engine)
    assert rows_of(engine, "select unit_code, report_month from ops.submission order by file_name") == [
        {"unit_code": None, "report_month": None},
        {"unit_code": "621122", "report_month": MARCH},
    ]
    assert publish(engine) is not None
    assert rows_of(engine, OUTCOMES, month=MARCH) == [{"unit_code": "621122", "outcome": "refused", "refused_count": 1}]

    (tmp_path / "陇西县2024年3月.xlsx").write_text("another one, that the reader fails on")
    outcomes: list[Refusal | WorkbookReading] = [
        Refusal("reader_failed", "程序出错", "the reader failed"),
        workbook_reading(month=MARCH),
    ]

    def read(path: Path, file_name: str) -> WorkbookReading:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    monkeypatch.setattr(ingest, "read_workbook", read)
    for _ in range(2):
        inbox.submit([tmp_path / "陇西县2024年3月.xlsx"])
        take(engine)
    assert rows_of(
        engine, "select state, count(*) from ops.submission where unit_code is not null group by 1 order by 1"
    ) == [
        {"state": "read", "count": 1},
        {"state": "refused", "count": 1},
    ]

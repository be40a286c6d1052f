"""The table that the marts read says what the calendar says, of all months of which anything was sent."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from taizhang.codelists import unit_kinds
from taizhang.deadlines import due_dates
from taizhang.deadlines.calendar import CalendarError, due_on
from tests.calendars import calendar, committed
from tests.integration.test_deadlines import LONGXI, TONGWEI, april, put

MARCH = date(2024, 3, 1)
Row = tuple[object, ...]


def refreshed(engine: Engine) -> set[Row]:
    with engine.begin() as connection:
        due_dates.refresh(connection)
        rows = connection.execute(text("select unit_kind, report_month, due_on from ops.due_date"))
        return {tuple(row) for row in rows}


def said(months: Iterable[date]) -> set[Row]:
    return {(kind, month, day) for kind in unit_kinds() for month in months if (day := due_on(kind, month))}


@pytest.mark.both_servers
def test_the_table_is_what_the_calendar_says(engine: Engine) -> None:
    assert refreshed(engine) == set()
    put(engine, TONGWEI, "accepted", april(8))
    put(engine, LONGXI, "refused", april(8), month=date(1999, 12, 1))
    assert refreshed(engine) == said([MARCH])
    assert len(said([MARCH])) == len(unit_kinds())


def test_a_changed_calendar_changes_the_table_and_an_unchanged_one_writes_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    put(engine, TONGWEI, "accepted", april(8))
    before = refreshed(engine)
    written = text("select max(xmin::text::bigint) from ops.due_date")
    with engine.connect() as connection:
        first = connection.scalar(written)
    refreshed(engine)
    with engine.connect() as connection:
        assert connection.scalar(written) == first
    moved = {"month": "2024-03", "unit_kinds": ["county"], "due_on": "2024-04-15", "reason": "系统升级"}
    with calendar(tmp_path / "config", exceptions=[moved]):
        after = refreshed(engine)
        assert after == said([MARCH])
    assert after - before == {("county", MARCH, date(2024, 4, 15))}


def test_a_day_that_nobody_knows_stops_whoever_builds(engine: Engine, tmp_path: Path) -> None:
    put(engine, TONGWEI, "accepted", date(2027, 1, 8), month=date(2026, 12, 1))
    moving = [committed()["filing"][0] | {"on_a_day_off": "next_working_day"}]
    with calendar(tmp_path / "config", filing=moving), pytest.raises(CalendarError, match="2026-12"):
        refreshed(engine)

"""By which day a unit files a month."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.codelists import unit_kinds
from taizhang.configuration import ConfigurationError
from taizhang.deadlines.calendar import (
    CHINA,
    CalendarError,
    Window,
    WindowRule,
    china_day,
    due_on,
    due_rows,
    filing_calendar,
)
from taizhang.deadlines.due_dates import require_known
from tests.calendars import calendar, committed

MARCH, DECEMBER = date(2024, 3, 1), date(2023, 12, 1)
MOVING = [committed()["filing"][0] | {"on_a_day_off": "next_working_day"}]
months = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    ("kind", "month", "day"),
    [
        ("county", MARCH, date(2024, 4, 10)),
        ("city", MARCH, date(2024, 4, 20)),
        ("province", DECEMBER, date(2024, 1, 25)),
        ("county", date(1999, 12, 1), None),
    ],
)
def test_each_kind_of_unit_files_by_its_day(kind: str, month: date, day: date | None) -> None:
    assert due_on(kind, month) == day


def test_the_plan_leads_from_counties_to_cities_to_the_province() -> None:
    windows = [filing_calendar().window(kind, MARCH) for kind in ("county", "city", "province")]
    assert windows == [
        Window(date(2024, 4, 1), date(2024, 4, 10)),
        Window(date(2024, 4, 11), date(2024, 4, 20)),
        Window(date(2024, 4, 21), date(2024, 4, 25)),
    ]


def test_every_kind_of_unit_has_a_day() -> None:
    assert {row["unit_kind"] for row in due_rows([MARCH])} == set(unit_kinds())
    assert [row["due_on"] for row in due_rows([MARCH]) if row["unit_kind"] == "zone"] == [date(2024, 4, 10)]


def test_a_kind_without_a_window_is_an_error() -> None:
    with pytest.raises(CalendarError, match="village"):
        due_on("village", MARCH)


@given(st.integers(1, 31), st.integers(1, 31), months)
def test_a_window_lies_in_the_month_after_and_ends_with_it_at_the_latest(one: int, other: int, month: date) -> None:
    rule = WindowRule(opens=min(one, other), due=max(one, other))
    window = rule.after(month)
    after = (month + timedelta(days=31)).replace(day=1)
    last = monthrange(after.year, after.month)[1]
    assert (window.opens_on.replace(day=1), window.due_on.replace(day=1)) == (after, after)
    assert window.opens_on <= window.due_on
    assert window.due_on.day == min(rule.due, last)


@pytest.mark.parametrize(
    ("kind", "month", "day"),
    [
        pytest.param("city", MARCH, date(2024, 4, 22), id="a Saturday moves to Monday"),
        pytest.param("county", date(2024, 1, 1), date(2024, 2, 18), id="春节 moves to the Sunday that is worked"),
        pytest.param("county", MARCH, date(2024, 4, 10), id="a working day stays"),
        pytest.param("county", date(2026, 12, 1), None, id="the holidays of 2027 are not known"),
        pytest.param("county", date(1999, 12, 1), None, id="before the calendar"),
    ],
)
def test_a_day_off_moves_to_the_next_working_day(tmp_path: Path, kind: str, month: date, day: date | None) -> None:
    with calendar(tmp_path, filing=MOVING):
        assert due_on(kind, month) == day
        assert filing_calendar().is_unknown(kind, month) == (month == date(2026, 12, 1))


def test_a_single_month_may_be_due_on_another_day(tmp_path: Path) -> None:
    moved = {"month": "2024-01", "unit_kinds": ["county"], "due_on": "2024-02-22", "reason": "春节"}
    with calendar(tmp_path, filing=MOVING, exceptions=[moved]):
        assert due_on("county", date(2024, 1, 1)) == date(2024, 2, 22)
        assert due_on("zone", date(2024, 1, 1)) == date(2024, 2, 18)
        assert due_on("county", date(2024, 2, 1)) == date(2024, 3, 11)


def test_an_exception_before_the_window_opens_opens_it(tmp_path: Path) -> None:
    moved = {"month": "2023-12", "unit_kinds": ["province"], "due_on": "2024-01-05", "reason": "年度会议"}
    with calendar(tmp_path, exceptions=[moved]):
        assert filing_calendar().window("province", DECEMBER) == Window(date(2024, 1, 5), date(2024, 1, 5))


def test_a_later_rule_leaves_the_months_before_it_as_they_were(tmp_path: Path) -> None:
    first = committed()["filing"][0]
    second = first | {"valid_from": "2024-03", "windows": first["windows"] | {"county": {"opens": 1, "due": 8}}}
    with calendar(tmp_path, filing=[first, second]):
        assert [due_on("county", date(2024, month, 1)) for month in (2, 3)] == [date(2024, 3, 10), date(2024, 4, 8)]


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ({"filing": [committed()["filing"][0]] * 2}, "each month once"),
        ({"filing": [committed()["filing"][0] | {"valid_from": "2024-13"}]}, "is no month"),
        ({"filing": [committed()["filing"][0] | {"on_a_day_off": "guess"}]}, "on_a_day_off"),
        ({"holidays": {2023: committed()["holidays"][2024]}}, "stands under 2023"),
        (
            {"exceptions": [{"month": "2024-01", "unit_kinds": ["city"], "due_on": "2023-12-31", "reason": "否"}]},
            "before the report month",
        ),
        (
            {"exceptions": [{"month": "2024-01", "unit_kinds": ["city"], "due_on": "2024-02-22", "reason": "是"}] * 2},
            "stands twice",
        ),
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused(tmp_path: Path, entries: dict[str, Any], fault: str) -> None:
    with calendar(tmp_path, **entries), pytest.raises(ConfigurationError, match=fault):
        filing_calendar()


@pytest.mark.parametrize(
    ("windows", "fault"),
    [
        ({"village": {"opens": 1, "due": 5}}, "each kind of unit"),
        ({"city": {"opens": 1, "due": 9}}, "city be due before"),
    ],
)
def test_a_calendar_that_does_not_fit_the_register_is_refused(
    tmp_path: Path, windows: dict[str, Any], fault: str
) -> None:
    first = committed()["filing"][0]
    with (
        calendar(tmp_path, filing=[first | {"windows": first["windows"] | windows}]),
        pytest.raises(CalendarError, match=fault),
    ):
        filing_calendar()


def test_an_exception_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    moved = {"month": "2024-01", "unit_kinds": ["village"], "due_on": "2024-02-22", "reason": "春节"}
    with calendar(tmp_path, exceptions=[moved]), pytest.raises(CalendarError, match="village"):
        filing_calendar()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2024, 4, 9, 15, 59, 59, tzinfo=UTC), date(2024, 4, 9)),
        (datetime(2024, 4, 9, 16, 0, tzinfo=UTC), date(2024, 4, 10)),
        (datetime(2024, 4, 10, 23, 59, 59, tzinfo=CHINA), date(2024, 4, 10)),
    ],
)
def test_a_day_begins_at_midnight_in_china(moment: datetime, day: date) -> None:
    assert china_day(moment) == day


def test_a_moment_without_a_time_zone_is_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        china_day(datetime(2024, 4, 9, 15))


def test_a_month_whose_day_nobody_knows_is_said_and_not_guessed(tmp_path: Path) -> None:
    with calendar(tmp_path, filing=MOVING), pytest.raises(CalendarError, match=r"2026-12 \(county\).*`holidays` lacks"):
        require_known([date(2026, 11, 1), date(2026, 12, 1)])
    require_known([date(2026, 12, 1)])

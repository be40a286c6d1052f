"""Which days are worked in China: by data, year by year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taizhang.deadlines.calendar import filing_calendar
from taizhang.deadlines.working_days import YearOfHolidays, is_working_day, working_day_from

HOLIDAYS = filing_calendar().holidays
FIRST, LAST = date(min(HOLIDAYS), 1, 1), date(max(HOLIDAYS), 12, 31)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        pytest.param(date(2024, 4, 3), True, id="a weekday"),
        pytest.param(date(2024, 4, 4), False, id="清明, a Thursday"),
        pytest.param(date(2024, 4, 7), True, id="a Sunday that is worked for it"),
        pytest.param(date(2024, 4, 14), False, id="a Sunday"),
        pytest.param(date(2024, 2, 9), True, id="the eve of 春节, which was worked in 2024"),
        pytest.param(date(2026, 2, 23), False, id="the ninth day of 春节"),
        pytest.param(date(2022, 12, 31), False, id="元旦 of the year after"),
        pytest.param(LAST + timedelta(days=1), None, id="a year without data"),
        pytest.param(FIRST - timedelta(days=1), None, id="a year before the data"),
    ],
)
def test_a_day_is_worked_as_announced(day: date, worked: bool | None) -> None:
    assert is_working_day(day, HOLIDAYS) is worked


@given(st.dates(FIRST, LAST))
def test_what_moves_lands_on_the_nearest_working_day_after(day: date) -> None:
    moved = working_day_from(day, HOLIDAYS)
    if moved is None:
        rest = [LAST - timedelta(days=back) for back in range((LAST - day).days + 1)]
    else:
        assert is_working_day(moved, HOLIDAYS) is True
        rest = [day + timedelta(days=ahead) for ahead in range((moved - day).days)]
    assert [one for one in rest if is_working_day(one, HOLIDAYS)] == []
    assert moved is None or working_day_from(moved, HOLIDAYS) == moved


def test_a_day_off_at_the_end_of_the_data_moves_to_nobody_knows_where() -> None:
    only = {2022: HOLIDAYS[2022]}
    assert working_day_from(date(2022, 12, 31), only) is None
    assert working_day_from(date(2022, 12, 31), HOLIDAYS) == date(2023, 1, 3)


@pytest.mark.parametrize("year", sorted(HOLIDAYS))
def test_every_year_has_its_seven_holidays_and_about_250_working_days(year: int) -> None:
    entered = HOLIDAYS[year]
    names = {name for off in entered.days_off for name in off.name.split("、")}
    assert names == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}
    assert str(year) in entered.notice
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    worked = sum(is_working_day(day, HOLIDAYS) is True for day in days if day.year == year)
    assert 247 <= worked <= 251


@pytest.mark.parametrize(
    ("days_off", "working_weekends", "fault"),
    [
        ([{"from": "2024-05-05", "to": "2024-05-01", "name": "劳动节"}], [], "ends before it begins"),
        ([{"from": "2024-05-01", "to": "2024-05-05", "name": "劳动节"}], ["2024-05-08"], "no weekend"),
        ([{"from": "2024-05-01", "to": "2024-05-05", "name": "劳动节"}], ["2024-05-05"], "both off and worked"),
        ([], [], "at least 1 item"),
    ],
)
def test_what_cannot_be_is_refused(days_off: list[dict[str, str]], working_weekends: list[str], fault: str) -> None:
    content = {"notice": "通知", "days_off": days_off, "working_weekends": working_weekends}
    with pytest.raises(ValidationError, match=fault):
        YearOfHolidays.model_validate(content)

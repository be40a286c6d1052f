"""Working days in China: weekdays that are not off, and weekends that are worked; data by year, never guessed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Self

from pydantic import Field, model_validator

from taizhang.configuration import Strict

SATURDAY = 5
ONE_DAY = timedelta(days=1)


class DaysOff(Strict):
    """A holiday with the weekends that it joins, both ends included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    name: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"{self.name} ends before it begins")
        return self

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day <= self.last


class YearOfHolidays(Strict):
    """What is off and what is worked in one year, and the notice that says so."""

    notice: str
    days_off: tuple[DaysOff, ...] = Field(min_length=1)
    working_weekends: tuple[date, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for day in self.working_weekends:
            if day.weekday() < SATURDAY:
                raise ValueError(f"{day} is no weekend, so it is worked anyway")
            if any(day in off for off in self.days_off):
                raise ValueError(f"{day} is both off and worked")
        return self

    def days(self) -> set[date]:
        """Return all days that it names."""
        return {day for off in self.days_off for day in (off.first, off.last)} | set(self.working_weekends)

    def is_worked(self, day: date) -> bool:
        """Whether a day of this year is a working day."""
        if day.weekday() >= SATURDAY:
            return day in self.working_weekends
        return not any(day in off for off in self.days_off)


Holidays = Mapping[int, YearOfHolidays]


def is_working_day(day: date, holidays: Holidays) -> bool | None:
    """Whether a day is worked; None for a year without data: its holidays are not announced, or not entered."""
    year = holidays.get(day.year)
    return None if year is None else year.is_worked(day)


def working_day_from(day: date, holidays: Holidays) -> date | None:
    """Return the day itself or the first working day after it; None when a year on the way has no data."""
    while (worked := is_working_day(day, holidays)) is False:
        day += ONE_DAY
    return day if worked else None

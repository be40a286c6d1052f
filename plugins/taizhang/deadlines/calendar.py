"""The filing calendar, `config/calendar.yml`: the one place that says by which day a unit files a month."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self, TypedDict
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from taizhang.codelists import unit_kinds
from taizhang.configuration import Strict, read
from taizhang.deadlines.working_days import YearOfHolidays, working_day_from
from taizhang.errors import TaizhangError
from taizhang.settings import settings

FILE = "calendar.yml"
CHINA = ZoneInfo("Asia/Shanghai")
LONGEST_MONTH = 31


class CalendarError(TaizhangError, LookupError):
    """The calendar does not fit the register of reporting units, or knows nothing of a kind of unit."""


def _month(value: object) -> object:
    """Read `2024-03` as the first day of the month."""
    try:
        return datetime.strptime(str(value), "%Y-%m").date()
    except ValueError:
        raise ValueError("is no month; write it like 2024-03") from None


Month = Annotated[date, BeforeValidator(_month)]
DayOfMonth = Annotated[int, Field(ge=1, le=LONGEST_MONTH)]
Days = tuple[Annotated[int, Field(ge=0)], ...]


class Window(NamedTuple):
    """From when to when a month is filed, both days included."""

    opens_on: date
    due_on: date


class DueRow(TypedDict):
    """When units of a kind file a month."""

    unit_kind: str
    report_month: date
    opens_on: date
    due_on: date


class WindowRule(Strict):
    """Days of the month after the report month."""

    opens: DayOfMonth
    due: DayOfMonth

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.due < self.opens:
            raise ValueError("it is due before it opens")
        return self

    def after(self, month: date) -> Window:
        """Return the window for a report month; a day that the month after it does not have is its last one."""
        year, number = (month.year, month.month + 1) if month.month < 12 else (month.year + 1, 1)
        last = monthrange(year, number)[1]
        return Window(date(year, number, min(self.opens, last)), date(year, number, min(self.due, last)))


class FilingRule(Strict):
    """When each kind of unit files, from a report month on."""

    valid_from: Month
    windows: dict[str, WindowRule]
    on_a_day_off: Literal["stay", "next_working_day"]


class DueException(Strict):
    """One report month that is due on another day, and why."""

    month: Month
    unit_kinds: tuple[str, ...] = Field(min_length=1)
    due_on: date
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _after_the_month_has_begun(self) -> Self:
        if self.due_on < self.month:
            raise ValueError(f"{self.due_on} lies before the report month")
        return self


class Reminders(Strict):
    """How many days after the due day a unit is told, and from when on the levels above it are."""

    remind_after_days: Days = Field(min_length=1)
    escalate_after_days: Days


class FilingReminders(Reminders):
    """The same of filings, of which units are also told before they are due; 0 is the day itself."""

    remind_before_days: Days


class Watching(Strict):
    """When somebody is told."""

    filings: FilingReminders
    items: Reminders
    look_back_days: int = Field(ge=31)


class FilingCalendar(Strict):
    """All of `calendar.yml`."""

    filing: tuple[FilingRule, ...] = Field(min_length=1)
    exceptions: tuple[DueException, ...]
    watching: Watching
    holidays: dict[int, YearOfHolidays]

    @model_validator(mode="after")
    def _is_unambiguous(self) -> Self:
        if any(one.valid_from >= other.valid_from for one, other in pairwise(self.filing)):
            raise ValueError("filing: the rules stand in order of valid_from, each month once")
        for year, entered in self.holidays.items():
            if wrong := [day for day in entered.days() if day.year != year]:
                raise ValueError(f"holidays: {min(wrong)} stands under {year}")
        named = [(one.month, kind) for one in self.exceptions for kind in one.unit_kinds]
        if doubled := [f"{month:%Y-%m} {kind}" for month, kind in named if named.count((month, kind)) > 1]:
            raise ValueError(f"exceptions: {doubled[0]} stands twice")
        return self

    def fits(self, judging_orders: dict[str, int]) -> Self:
        """Return the calendar if it plans each kind of unit, those first whose figures others add up; CalendarError."""
        for rule in self.filing:
            where = f"{FILE}: the windows from {rule.valid_from:%Y-%m} on"
            if rule.windows.keys() != judging_orders.keys():
                wrong = ", ".join(sorted(rule.windows.keys() ^ judging_orders.keys()))
                raise CalendarError(f"{where} must have each kind of unit of unit_kind.csv once, and no other: {wrong}")
            planned = sorted(rule.windows, key=lambda kind: judging_orders[kind])
            for kind, upper in pairwise(planned):
                if judging_orders[kind] < judging_orders[upper] and rule.windows[upper].due < rule.windows[kind].due:
                    raise CalendarError(f"{where} let {upper} be due before {kind}, whose figures it adds up")
        if unknown := {kind for one in self.exceptions for kind in one.unit_kinds} - judging_orders.keys():
            raise CalendarError(f"{FILE}: exceptions name {', '.join(sorted(unknown))}, which is no kind of unit")
        return self

    def window(self, unit_kind: str, month: date) -> Window | None:
        """Return when units of a kind file a month; None before the calendar begins, and where it is not known.

        It is not known when a day off moves the due day and a year has no holidays. CalendarError for an unknown kind.
        """
        rule, plain = self._planned(unit_kind, month)
        if rule is None or plain is None:
            return None
        for one in self.exceptions:
            if one.month == month and unit_kind in one.unit_kinds:
                return Window(min(plain.opens_on, one.due_on), one.due_on)
        if rule.on_a_day_off == "stay":
            return plain
        due_on = working_day_from(plain.due_on, self.holidays)
        return None if due_on is None else Window(plain.opens_on, due_on)

    def is_unknown(self, unit_kind: str, month: date) -> bool:
        """Whether a month is planned, but its due day not known for want of holidays."""
        return self._planned(unit_kind, month)[1] is not None and self.window(unit_kind, month) is None

    def _planned(self, unit_kind: str, month: date) -> tuple[FilingRule | None, Window | None]:
        """The rule that holds in a month, and the window before anything moves it."""
        if unit_kind not in self.filing[0].windows:
            raise CalendarError(f"{FILE}: no window is given for units of the kind {unit_kind}")
        month = month.replace(day=1)
        rule = next((one for one in reversed(self.filing) if one.valid_from <= month), None)
        return (None, None) if rule is None else (rule, rule.windows[unit_kind].after(month))


def filing_calendar() -> FilingCalendar:
    """Read `calendar.yml`, once per folder; ConfigurationError or CalendarError when it is not valid."""
    return _calendar_of(settings().config_dir)


@cache
def _calendar_of(folder: Path) -> FilingCalendar:
    del folder  # where `read` finds it
    return read(FILE, FilingCalendar).fits({kind.unit_kind: kind.judging_order for kind in unit_kinds().values()})


def due_on(unit_kind: str, report_month: date) -> date | None:
    """Return the day by which units of a kind file a month; None before the calendar begins, and where not known."""
    window = filing_calendar().window(unit_kind, report_month)
    return None if window is None else window.due_on


def due_rows(months: Iterable[date]) -> list[DueRow]:
    """Return one row per kind of unit and month whose window the calendar knows."""
    return [
        {"unit_kind": kind, "report_month": month, "opens_on": window.opens_on, "due_on": window.due_on}
        for kind in unit_kinds()
        for month in sorted(months)
        if (window := filing_calendar().window(kind, month)) is not None
    ]


def china_day(moment: datetime) -> date:
    """Return the day in China of a moment that knows its time zone; ValueError otherwise."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(CHINA).date()

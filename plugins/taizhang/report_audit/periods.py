"""Times that a report names (`periods.yml`): 截至8月底, 1—3月, 一季度, 5月当月, 二〇二三年, 今年, as days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from taizhang.reading.dates import UnreadableDateError, month_span, to_arabic
from taizhang.report_audit.model import Period
from taizhang.report_audit.wording import load

_YEAR = re.compile(r"\d{4}")
_SOME_YEAR = 2000
_MONTHS = {"first_half": (1, 6), "second_half": (7, 12), "three_quarters": (1, 9)}


@dataclass(frozen=True)
class Reference:
    """From when a report is: its `year`, and the `month` up to which it tells, where the report says so."""

    year: int | None
    month: int | None = None


@dataclass(frozen=True)
class NamedPeriod:
    """A time named in a block: characters `start` to `end` of its text; `period` is None when it cannot be told.

    `form` is a name of `periods.yml`. `until` is the number of its last month, also where its year is not told.
    """

    start: int
    end: int
    form: str
    span: str
    period: Period | None
    until: int | None = None


@dataclass(frozen=True)
class _Form:
    name: str
    span: str
    pattern: re.Pattern[str]


@cache
def _forms() -> tuple[_Form, ...]:
    read = load("periods.yml")
    return tuple(
        _Form(
            form["name"],
            form["span"],
            re.compile(form["pattern"].replace("{year}", read["year"]).replace("{number}", read["number"])),
        )
        for form in read["forms"]
    )


@cache
def period_pattern() -> re.Pattern[str]:
    """One pattern for every form."""
    return re.compile("|".join(f"(?:{re.sub(r'[?]P<[a-z]>', '?:', form.pattern.pattern)})" for form in _forms()))


def find_periods(text: str, reference: Reference) -> Iterator[NamedPeriod]:
    """Find the times that a folded text names, the first first; a year not said is that of the reference."""
    for found in period_pattern().finditer(text):
        for form in _forms():
            fields = form.pattern.fullmatch(found[0])
            if fields:
                days = _days(form.span, fields.groupdict(), reference)
                period = Period(*days, found[0]) if days else None
                # The month is told without the year; any year has the same months.
                some = days or _days(form.span, fields.groupdict(), Reference(_SOME_YEAR, reference.month))
                until = (some[1] - timedelta(days=1)).month if some else None
                yield NamedPeriod(found.start(), found.end(), form.name, form.span, period, until)
                break


def year_of(text: str) -> int | None:
    """The first year that a text names in figures or numerals; None when it names none."""
    for found in period_pattern().finditer(text):
        if year := _YEAR.match(to_arabic(found[0])):
            return int(year[0])
    return None


def _days(span: str, fields: dict[str, str | None], reference: Reference) -> tuple[date, date] | None:
    """The days of a named time; None when its year is not known, or there are no such days."""
    year = _year(fields.get("y"), reference)
    if year is None:
        return None
    try:
        return _of_numbers(
            span, year, {name: _number(value) for name, value in fields.items() if name != "y"}, reference
        )
    except (UnreadableDateError, ValueError):
        return None


def _year(said: str | None, reference: Reference) -> int | None:
    if said is not None and (found := _YEAR.match(to_arabic(said))):
        return int(found[0])
    if said is not None and said[:1] in "去上" and reference.year:
        return reference.year - 1
    return reference.year


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    arabic = to_arabic(f"{text}月").removesuffix("月")
    return int(arabic) if arabic.isdecimal() else None


def _of_numbers(span: str, year: int, found: dict[str, int | None], reference: Reference) -> tuple[date, date] | None:
    month, last = found.get("m"), found.get("n")
    if span in _MONTHS:
        return month_span(year, *_MONTHS[span])
    if span in ("year", "this_year", "last_year", "next_year"):
        return month_span(year + {"last_year": -1, "next_year": 1}.get(span, 0), 1, 12)
    if span == "quarter" and (quarter := found.get("q")):
        return month_span(year, 3 * quarter - 2, 3 * quarter)
    if span in ("to_year", "since"):
        return (date(1949, 1, 1), date(year + 1, 1, 1)) if span == "to_year" else None
    if span in ("year_to_date", "until_now", "this_month"):
        if reference.month is None:
            return None
        return month_span(year, reference.month if span == "this_month" else 1, reference.month)
    if month is None:
        return None
    if span == "month":
        return month_span(year, month)
    if span == "months":
        return month_span(year, month, last)
    if span == "to_month":
        return month_span(year, 1, month)
    return _of_days(span, year, found)


def _of_days(span: str, year: int, found: dict[str, int | None]) -> tuple[date, date] | None:
    month, day, last, end = (found.get(name) for name in ("m", "d", "n", "e"))
    if month is None or day is None:
        return None
    first = date(year, month, day)
    if span == "days_between" and end is not None:
        closing = date(year, last or month, end)
        return (first, closing + timedelta(days=1)) if first <= closing else None
    after = first + timedelta(days=1)
    return (date(year, 1, 1), after) if span == "to_day" else (first, after)

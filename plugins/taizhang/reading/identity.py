"""Whose workbook it is and of which month: from the cover, checked against file name and titles."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from functools import cache

from taizhang.codelists import ReportingUnit, reporting_units
from taizhang.geography import is_below, parent_of, place_of, region
from taizhang.reading.dates import UnreadableDateError, date_of_cell, date_of_number, read_date, to_arabic
from taizhang.reading.messages import refusal
from taizhang.reading.result import Refusal
from taizhang.reading.text import cell_text, fold, squeeze
from taizhang.reading.vocabulary import vocabulary

FIRST_MONTH = date(2000, 1, 1)
CHINA = timezone(timedelta(hours=8))

_SPOKEN_MONTH = re.compile(r"(\d{4})年(?:(\d{1,2})月?[-—–~至到])?(\d{1,2})月", re.ASCII)
_BARE_MONTH = re.compile(r"(\d{1,2})月份?", re.ASCII)
_STAMPED_MONTH = re.compile(r"(?<!\d)(20\d{2})[-._]?(0[1-9]|1[0-2])(?!\d|[-._]\d)", re.ASCII)
# 定西市经开区 is some place in the city, known or not, and never the city itself.
_PLACE_BELOW = re.compile("[县区旗园镇乡]|本级")
_AUTONOMOUS = re.compile(r"^(.{2,}?)(?:[^族]{1,5}族)+自治([县州旗])$")


def read_month(value: object) -> list[date]:
    """Return the months that a cell may mean: one, or two for the number 2024.1; none when it is empty.

    Raises:
        ValueError: The text is no month.
    """
    if cell_text(value) == "" or squeeze(cell_text(value)) in vocabulary().none_marks:
        return []
    if isinstance(value, str):
        spoken = spoken_months(value)
        if spoken:
            return spoken
        span = read_date(fold(value).strip("()[] "))
    elif isinstance(value, date):
        span = date_of_cell(value)
    elif isinstance(value, float):
        span = date_of_number(value)
    else:
        raise UnreadableDateError(cell_text(value))
    if span is None:
        return []
    first, last = span[0].replace(day=1), (span[1] - timedelta(days=1)).replace(day=1)
    if first == last:
        return [first]
    if isinstance(value, float) and (first.month, last.month) == (1, 10):
        return [first, last]
    raise UnreadableDateError(cell_text(value))


def spoken_months(text: str) -> list[date]:
    """Return the month in a text such as 陇西县2024年1-3月月报; ValueError for 2024年13月 and for 2024年2-3月."""
    found = _SPOKEN_MONTH.search(to_arabic(squeeze(text)))
    if found is None:
        return []
    if found[2] and int(found[2]) != 1:
        raise ValueError(text)
    return [date(int(found[1]), int(found[3]), 1)]


def months_of_name(name: str) -> list[date]:
    """Return the month that a file name or title tells, as 2024年3月 or 2024-03; none when there is none."""
    try:
        spoken = spoken_months(name)
    except ValueError:
        return []
    stamped = _STAMPED_MONTH.search(fold(name))
    return spoken or ([date(int(stamped[1]), int(stamped[2]), 1)] if stamped else [])


def months_without_year(value: object, hints: Iterable[date]) -> list[date]:
    """Return which of the months told elsewhere a month without its year may be (3月 beside 2024年3月)."""
    bare = _BARE_MONTH.fullmatch(to_arabic(squeeze(cell_text(value))))
    return sorted({hint for hint in hints if bare and hint.month == int(bare[1])})


def check_month(value: object, months: list[date], hints: Iterable[date]) -> date:
    """Return the month that a value means; Refusal for none, for one that does not exist or has not begun."""
    if not months:
        raise refusal("month_missing")
    fitting = [month for month in months if month in set(hints)] if len(months) > 1 else months
    if len(fitting) != 1 or fitting[0] < FIRST_MONTH:
        raise refusal("month_invalid", value=cell_text(value))
    if fitting[0] > datetime.now(CHINA).date():
        raise refusal("month_in_future", value=f"{fitting[0]:%Y-%m}")
    return fitting[0]


def spoken_names(*names: str) -> set[str]:
    """Return the names without spaces, and those of autonomous counties also as in everyday speech (漾濞县)."""
    everyday = {f"{found[1]}{found[2]}" for name in names if (found := _AUTONOMOUS.match(name))}
    return {squeeze(name) for name in {*names, *everyday}}


@cache
def _names() -> dict[str, list[ReportingUnit]]:
    """Every name of every unit."""
    names: dict[str, list[ReportingUnit]] = {}
    for unit in reporting_units().units.values():
        for name in spoken_names(unit.unit_name, *unit.aliases):
            names.setdefault(name, []).append(unit)
    return names


def is_above(upper: ReportingUnit, lower: ReportingUnit, month: date = date.max) -> bool:
    """True if the figures of `lower` are counted in those that `upper` adds up (甘肃省 and 定西市 are above 陇西县).

    In the given month; without one, on the latest geography.
    """
    if upper.summarises_region_code is None:
        return False
    return is_below(parent_of(lower, month), place_of(upper, month), month)


def units_named(text: str) -> list[ReportingUnit]:
    """Return the reporting units that a text names: by code, by name, or by a name within (陇西县发改局).

    The city and the province that a county's name stands behind (定西市陇西县) are not meant.
    """
    exact = reporting_units().find(fold(text)) or _names().get(squeeze(text))
    if exact:
        return exact
    squeezed = squeeze(text)
    inside = [name for name in _names() if name in squeezed]
    longest = [name for name in inside if not any(name != other and name in other for other in inside)]
    found = {
        unit.unit_code: unit
        for name in longest
        for unit in _names()[name]
        if unit.has_details or not _PLACE_BELOW.search(squeezed.split(name)[-1])
    }
    return [unit for unit in found.values() if not any(is_above(unit, other) for other in found.values())]


def choose_unit(text: str, context: str, month: date) -> ReportingUnit:
    """Return the one unit that a text means and that exists in the month; Refusal when there is none or several.

    `context` is other text of the workbook, which may name the city of a county whose name is not its alone.
    """
    units = units_named(text)
    if not units:
        raise refusal("unit_unknown", value=text, when="")
    if len(units) > 1:
        said = squeeze(text + context)
        units = [unit for unit in units if region(parent_of(unit, month), month).region_name in said] or units
    if len(units) > 1:
        choices = "、".join(f"{unit.unit_name} {unit.unit_code}" for unit in units)
        raise refusal("unit_ambiguous", value=text, choices=choices)
    if not units[0].reports_in(month):
        raise refusal("unit_unknown", value=text, when=f" ({month:%Y-%m})")
    return units[0]


def claimed_by_name(file_name: str) -> tuple[str, date] | None:
    """Return the code of the unit and the month that a file's name tells; None unless it tells one of each.

    For files that cannot be read: whose they are is then known by their name only.
    """
    months = months_of_name(file_name)
    if len(months) != 1:
        return None
    try:
        month = check_month(None, months, [])
        return choose_unit(file_name, "", month).unit_code, month
    except Refusal:
        return None

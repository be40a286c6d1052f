"""One printed date -> the days it may mean: [first day, day after the last day)."""

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache

from taizhang.reading.numerals import NUMERAL_CHARS, read_digits, read_integer
from taizhang.reading.text import fold, number_text, squeeze
from taizhang.reading.vocabulary import vocabulary

DaySpan = tuple[date, date]

EXCEL_EPOCH = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1949, 2100
FIRST_SERIAL = (date(FIRST_YEAR, 1, 1) - EXCEL_EPOCH).days
LAST_SERIAL = (date(LAST_YEAR, 12, 31) - EXCEL_EPOCH).days

_CLOCK = re.compile(r"(?<=\d)[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$", re.ASCII)
_NUMERALS = re.compile(
    rf"[{NUMERAL_CHARS}0-9]+(?=[年月日号季])|元(?=月)|(?<=[年月])[{NUMERAL_CHARS}]+$|^[{NUMERAL_CHARS}]{{4}}$"
)
_YEAR = re.compile(r"(?P<y>\d{4})年?[年度]?(?P<part>初|中|底|末|上半年|下半年)?", re.ASCII)
_QUARTER = re.compile(r"(?P<y>\d{4})年?第?(?:Q(?P<q>[1-4])|(?P<p>[1-4])季度?)", re.ASCII)
_MONTH = re.compile(r"(?P<y>\d{4})[年./-](?P<m>\d{1,2})(?:月份?)?(?P<part>初|上旬|中旬|中|下旬|底|末)?", re.ASCII)
_DAY = re.compile(r"(?P<y>\d{4})[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})[日号]?", re.ASCII)
# How the official workbook writes a span of days.
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})至(\d{4}-\d{2}-\d{2})", re.ASCII)
_SHORT_YEAR = re.compile(r"'?(\d{2})(?=年)", re.ASCII)
_DIGITS = re.compile(r"\d{4}|\d{5}|\d{6}|\d{8}", re.ASCII)

# First and last month of the parts of a year, first and last day of the parts of a month.
_YEAR_PARTS = {"初": (1, 3), "中": (6, 7), "底": (12, 12), "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}
_MONTH_PARTS = {
    "初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "中": (11, 20), "下旬": (21, 31), "底": (21, 31), "末": (21, 31)
}  # fmt: skip


class UnreadableDateError(ValueError):
    """The text is neither a date nor a mark for none."""


def day_span(day: date) -> DaySpan:
    """Return the span of one day."""
    return day, day + timedelta(days=1)


def month_span(year: int, first_month: int, last_month: int | None = None) -> DaySpan:
    """Return the span of whole months of one year; UnreadableDateError when there is no such month."""
    last_month = last_month or first_month
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= first_month <= last_month <= 12):
        raise UnreadableDateError(f"{year}-{first_month}..{last_month}")
    after = date(year + 1, 1, 1) if last_month == 12 else date(year, last_month + 1, 1)
    return date(year, first_month, 1), after


def date_of_number(number: float) -> DaySpan:
    """Read an Excel number in a date column: a serial, 20240615, 202406, 2024, or 2024.6 typed as a number.

    2024.1 may be January or October (the trailing zero is lost), so its span covers both.
    """
    text = number_text(number)
    if FIRST_SERIAL <= number < LAST_SERIAL + 1:
        return day_span(EXCEL_EPOCH + timedelta(days=int(number)))
    if text.endswith(".1") and len(text) == 6:
        return month_span(int(text[:4]), 1, 10)
    return _read(text, text)


@lru_cache(maxsize=1 << 14)
def date_of_cell(value: date) -> DaySpan:
    """Read a cell that Excel holds as a date or as a point in time."""
    day = value.date() if isinstance(value, datetime) else value
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UnreadableDateError(day.isoformat())
    return day_span(day)


@lru_cache(maxsize=1 << 14)
def read_date(text: str) -> DaySpan | None:
    """Read a printed date; None for a mark that means none (—, /, 无); UnreadableDateError for anything else."""
    folded = fold(text).lstrip("'`‘")
    if squeeze(folded) in vocabulary().none_marks:
        return None
    body = squeeze(_CLOCK.sub("", folded)).replace("。", ".").rstrip(".")
    if days := _DAYS.fullmatch(body):
        first, last = _read(days[1], text), _read(days[2], text)
        if first >= last:
            raise UnreadableDateError(text)
        return first[0], last[1]
    return _read(_SHORT_YEAR.sub(r"20\1", to_arabic(body)) if _SHORT_YEAR.match(body) else to_arabic(body), text)


def to_arabic(text: str) -> str:
    """Replace Chinese numerals before 年, 月, 日 by digits: 二〇二四年十二月 becomes 2024年12月."""

    def arabic(match: re.Match[str]) -> str:
        numeral = match[0]
        if numeral == "元":
            return "1"
        number = read_digits(numeral) if len(numeral) == 4 else None
        number = read_integer(numeral) if number is None else number
        return numeral if number is None else str(number)

    return _NUMERALS.sub(arabic, text)


def _read(body: str, text: str) -> DaySpan:
    """Read a squeezed date in Arabic digits; UnreadableDateError names the whole text."""
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], DaySpan]], ...] = (
        (_DAY, _day),
        (_MONTH, _month),
        (_QUARTER, _quarter),
        (_YEAR, _year),
        (_DIGITS, _digits),
    )
    for pattern, reader in readers:
        match = pattern.fullmatch(body)
        if match:
            try:
                return reader(match)
            except ValueError as error:
                raise UnreadableDateError(text) from error
    raise UnreadableDateError(text)


def _day(match: re.Match[str]) -> DaySpan:
    return date_of_cell(date(int(match["y"]), int(match["m"]), int(match["d"])))


def _month(match: re.Match[str]) -> DaySpan:
    first, after = month_span(int(match["y"]), int(match["m"]))
    if match["part"] is None:
        return first, after
    start, end = _MONTH_PARTS[match["part"]]
    last = min(end, calendar.monthrange(first.year, first.month)[1])
    return first.replace(day=start), first.replace(day=last) + timedelta(days=1)


def _quarter(match: re.Match[str]) -> DaySpan:
    quarter = int(match["q"] or match["p"])
    return month_span(int(match["y"]), 3 * quarter - 2, 3 * quarter)


def _year(match: re.Match[str]) -> DaySpan:
    return month_span(int(match["y"]), *_YEAR_PARTS.get(match["part"], (1, 12)))


def _digits(match: re.Match[str]) -> DaySpan:
    digits = match[0]
    if len(digits) == 8:
        return date_of_cell(date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
    if len(digits) == 6:
        return month_span(int(digits[:4]), int(digits[4:]))
    serial = int(digits)
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        raise UnreadableDateError(digits)
    return day_span(EXCEL_EPOCH + timedelta(days=serial))

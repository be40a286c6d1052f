"""One printed figure: text or Excel number -> exact decimal, its printed places, the unit in the cell."""

import re
from dataclasses import dataclass
from decimal import Decimal

from taizhang.reading.numerals import MYRIADS, read_number
from taizhang.reading.text import fold, number_text, squeeze
from taizhang.reading.vocabulary import Unit, vocabulary

MAX_PRINTED_DECIMALS = 6
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d+)?", re.ASCII)
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(?P<places>\.\d*)?(?P<exponent>[eE][+-]?\d{1,2})?",
    re.ASCII,
)
_GROUPED = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d+)?", re.ASCII)
_SPACED_GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u2009'’]\d{3})+(?!\d)", re.ASCII)
_BROKEN_BY_SPACE = re.compile(r"[\d.,]\s+[\d.,]", re.ASCII)
_MIXED = re.compile(r"(\d+(?:\.\d+)?)亿(?:元)?零?(\d+(?:\.\d+)?)万元?", re.ASCII)
# Folding would turn 10² into 102 and ① into 1.
_NO_PLAIN_DIGIT = re.compile(r"[²³¹⁰-₟¼-¾⅐-⅞①-⓿]")
_MINUS_SIGNS = str.maketrans({"−": "-", "–": "-", "﹣": "-"})


class UnreadableFigureError(ValueError):
    """The text is neither a figure nor a mark for none."""


@dataclass(frozen=True)
class Figure:
    """A figure as printed: `value` with `decimals` places, `unit` if the cell itself names one."""

    value: Decimal
    decimals: int
    unit: Unit | None = None
    approximate: bool = False


def figure_of_float(number: float) -> Figure:
    """Read an Excel number: a binary float, 15 digits of it; UnreadableFigureError for nan."""
    text = number_text(number)
    if not text.lstrip("-")[:1].isdigit():
        raise UnreadableFigureError(text)
    value = Decimal(text)
    return Figure(value, places_of(value))


def places_of(value: Decimal) -> int:
    """Return how many decimals a finite decimal is printed with; 0 for whole numbers."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise UnreadableFigureError(str(value))
    return max(0, -exponent)


def read_figure(text: str) -> Figure | None:
    """Read a printed figure; None for a mark that means none (—, /, 无); UnreadableFigureError for anything else."""
    if _PLAIN.fullmatch(text):
        value = Decimal(text)
        return Figure(value, places_of(value))
    if _NO_PLAIN_DIGIT.search(text):
        raise UnreadableFigureError(text)
    folded = fold(text).translate(_MINUS_SIGNS).lstrip("'`‘")
    if _GROUPED.fullmatch(folded):
        value = Decimal(folded.replace(",", ""))
        return Figure(value, places_of(value))
    if squeeze(folded) in vocabulary().none_marks:
        return None
    folded = _SPACED_GROUPS.sub(lambda found: re.sub(r"\D", "", found[0]), folded)
    if _BROKEN_BY_SPACE.search(folded):
        raise UnreadableFigureError(text)
    body, approximate = _without_prefixes(squeeze(folded))
    if body.startswith("(") and body.endswith(")"):
        inner = _read_body(body[1:-1], text)
        if inner.value < 0:
            raise UnreadableFigureError(text)
        return Figure(-inner.value, inner.decimals, inner.unit, approximate or inner.approximate)
    figure = _read_body(body, text)
    return Figure(figure.value, figure.decimals, figure.unit, approximate or figure.approximate)


def _without_prefixes(body: str) -> tuple[str, bool]:
    """Strip 约, 近, ≥ … from the front; tell whether there was one."""
    prefixes = vocabulary().approximate_prefixes
    approximate = False
    while found := next((prefix for prefix in prefixes if body.startswith(prefix)), None):
        body, approximate = body.removeprefix(found), True
    return body, approximate


def _read_body(body: str, text: str) -> Figure:
    """Read what is left after prefixes and brackets; UnreadableFigureError names the whole text."""
    marks = vocabulary().currency_marks
    currency = next((mark for mark in marks if body.startswith(mark)), None)
    if currency:
        body = body.removeprefix(currency)
    negative = body.startswith("负")
    body = body.removeprefix("负").replace("。", ".")
    if body.startswith("百分之"):
        body = body.removeprefix("百分之").removesuffix("%") + "%"
    figure = _read_mixed(body) or _read_arabic(body) or _read_chinese(body)
    if figure is None or (negative and figure.value < 0):
        raise UnreadableFigureError(text)
    unit = figure.unit or (vocabulary().unit("元") if currency else None)
    return Figure(-figure.value if negative else figure.value, figure.decimals, unit, figure.approximate)


def _read_mixed(body: str) -> Figure | None:
    """Read 3亿5000万元 as 35000 万元."""
    match = _MIXED.fullmatch(body)
    if match is None:
        return None
    small = Decimal(match[2])
    return Figure(Decimal(match[1]) * 10**4 + small, places_of(small), vocabulary().unit("万元"))


def _read_arabic(body: str) -> Figure | None:
    """Read digits with thousands separators, places, exponent, and a unit behind them."""
    match = _NUMBER.match(body)
    if match is None or not (match["digits"] or (match["places"] or ".") != "."):
        return None
    tail = _read_tail(body[match.end() :])
    if tail is None:
        return None
    unit, approximate = tail
    digits = (match["digits"] or "0").replace(",", "") + (match["places"] or "").rstrip(".")
    value = Decimal(match["sign"] + digits + (match["exponent"] or ""))
    if match["exponent"]:
        value, approximate = Decimal(f"{value:f}"), True
    return Figure(value, places_of(value), unit, approximate)


def _read_chinese(body: str) -> Figure | None:
    """Read 三点五亿元, 一千二百万, 一亿二千万元; 万 and 亿 behind a plain numeral are its unit."""
    units = vocabulary().units
    unit = units.get(body[-1:])
    head = body[:-1] if unit else body
    if unit is units["元"] and head[-1:] in MYRIADS:
        unit = units[head[-1:] + "元"]
        head = head[:-1]
    if any(char.isascii() for char in head) or (unit is None and head[-1:] in MYRIADS):
        return None
    if unit and any(char in head for char in MYRIADS):
        head, unit = body.removesuffix("元"), units["元"]
    value = read_number(head)
    return None if value is None else Figure(value, places_of(value), unit)


def _read_tail(tail: str) -> tuple[Unit | None, bool] | None:
    """Read what stands behind the digits: a unit, 左右, 余万元; None when it is something else."""
    if not tail:
        return None, False
    approximate = False
    for word in (*vocabulary().approximate_suffixes, *vocabulary().currency_marks):
        if word in tail and tail not in vocabulary().units:
            approximate = approximate or word in vocabulary().approximate_suffixes
            tail = tail.replace(word, "", 1)
    if not tail:
        return None, approximate
    unit = vocabulary().units.get(tail)
    return None if unit is None else (unit, approximate)

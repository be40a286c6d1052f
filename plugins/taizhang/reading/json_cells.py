"""A value of a JSON submission as the cell of a workbook would hold it, in the unit that the contract fixes."""

import json
import re
from decimal import Decimal
from typing import Any

from taizhang.codelists import code_list
from taizhang.dictionary import Column, ColumnType
from taizhang.reading.json_text import Constant, Number
from taizhang.reading.wording import find_code

# As many characters as a cell of Excel takes.
LONGEST_TEXT = 32_767
LONGEST_SHOWN = 100
# 1e5 is exact in JSON; beyond so many places it is no figure of ours.
MOST_PLACES = 30
SEPARATOR = "、"
PERCENT = (ColumnType.RATE, ColumnType.GROWTH)
# How a value of another kind is noted, by the column's type; figures are numbers.
EXPECTED = {
    ColumnType.TEXT: "json_text",
    ColumnType.PROJECT_CODE: "json_text",
    ColumnType.CHOICE: "json_choice",
    ColumnType.CHOICES: "json_choices",
    ColumnType.FLAG: "json_flag",
    ColumnType.DATE: "json_date",
    ColumnType.MONTH: "json_date",
}
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


class UnfitValueError(ValueError):
    """The value is of a kind that the column does not take; `message` is the key of what is said of it."""

    def __init__(self, message: str, value: Any, **words: object) -> None:
        super().__init__(message)
        self.message = message
        self.shown = shown(value)
        self.words = words


def cell_text_of(column: Column, value: Any) -> str:
    """Return the text of a value as a cell of this column would hold it, '' for null.

    UnfitValueError for a value of another kind: an object, a number that is a date, NaN.
    """
    kind = type(value)
    if value is None:
        return ""
    if kind is str:
        return _text(column, value)
    if kind is Number:
        return _number(column, value)
    if kind is bool and column.type is ColumnType.FLAG:
        return "true" if value else "false"
    if kind is list and column.type is ColumnType.CHOICES and all(type(code) in (str, Number) for code in value):
        return _choices(column, value)
    raise UnfitValueError(EXPECTED.get(column.type, "json_number"), value)


def _text(column: Column, value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise UnfitValueError("text_too_long", value, length=len(value), limit=LONGEST_TEXT)
    return f"{value}%" if column.type in PERCENT and _PLAIN.fullmatch(value) else value


def _number(column: Column, value: Number) -> str:
    if column.is_measure:
        return _text(column, _without_exponent(value))
    if column.type in (ColumnType.DATE, ColumnType.MONTH):
        raise UnfitValueError(EXPECTED[column.type], value)
    return _text(column, str(value))


def _without_exponent(value: Number) -> str:
    """Write 1.5e3 as 1500; one with an enormous exponent stays as it is, and is no figure that the reader knows."""
    head, mark, exponent = value.lower().partition("e")
    if not mark or len(exponent) > 3 or abs(int(exponent)) > MOST_PLACES or len(head) > MOST_PLACES:
        return str(value)
    return format(Decimal(value), "f")


def _choices(column: Column, values: list[str]) -> str:
    """Write several choices as one cell, by their codes: a name may hold what separates names."""
    codes = code_list(column.code_list or "")
    return _text(column, SEPARATOR.join(find_code(codes, value) or value for value in values))


def extra_text(value: Any) -> str:
    """Return a value that no column takes as text: what is not a plain value as JSON."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:LONGEST_TEXT]


def shown(value: Any) -> str:
    """Return a value as JSON, cut short."""
    written = str(value) if isinstance(value, Number | Constant) else _written(value)
    return written if len(written) <= LONGEST_SHOWN else written[:LONGEST_SHOWN] + "…"


def _written(value: Any) -> str:
    return json.dumps(value[:LONGEST_SHOWN] if isinstance(value, str | list) else value, ensure_ascii=False)

"""The value of one cell as a person writes it in a correction, understood as the reader understands the cell itself."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from taizhang.codelists import code_list
from taizhang.decimals import plain
from taizhang.dictionary import Column, ColumnType
from taizhang.reading.dates import read_date
from taizhang.reading.figures import MAX_COUNT, MAX_STORED, STORED_PLACES
from taizhang.reading.growth import read_growth
from taizhang.reading.numbers import read_figure
from taizhang.reading.text import squeeze
from taizhang.reading.vocabulary import vocabulary
from taizhang.reading.wording import find_code, project_code, read_flag

FIGURE_KINDS: dict[ColumnType, str] = {
    ColumnType.AMOUNT: "amount",
    ColumnType.COUNT: "count",
    ColumnType.RATE: "rate",
    ColumnType.POINTS: "points",
    ColumnType.GROWTH: "rate",
    ColumnType.QUANTITY: "quantity",
}
_LIST_SEPARATOR = re.compile(r"[、,，;；|]")

# Figures are Decimal, flags bool, several choices a list of codes, dates (first day, day after), all else text.
Value = Decimal | bool | list[str] | tuple[date, date] | str | None


@dataclass(frozen=True)
class CellValue:
    """A value in the stored unit; it has a half width of its own only where the text names a unit of its own."""

    value: Value
    half_width: Decimal | None = None

    @property
    def as_json(self) -> str:
        """JSON that `jsonb_populate_record` turns into the column's type."""
        if isinstance(self.value, Decimal):
            return f"{self.value:f}"
        if isinstance(self.value, tuple):
            return json.dumps(f"[{self.value[0]},{self.value[1]})")
        return json.dumps(self.value, ensure_ascii=False)


def read_value(column: Column, text: str) -> CellValue:
    """Understand a text as a cell of the column; ValueError when it cannot be one. An empty text is an empty cell."""
    if not text.strip():
        return CellValue(None)
    if column.type in FIGURE_KINDS:
        return _figure(column, text)
    return CellValue(_word(column, text))


def _figure(column: Column, text: str) -> CellValue:
    figure = read_growth(text) if column.type is ColumnType.GROWTH else read_figure(text)
    if figure is None:
        return CellValue(None)
    if figure.approximate:
        raise ValueError(f"{text} is no exact figure")
    if figure.unit and figure.unit.kind != FIGURE_KINDS[column.type]:
        raise ValueError(f"{text} is not in a unit of {column.label}, which is kept in {column.unit}")
    factor = figure.unit.factor if figure.unit else Decimal(1)
    value = (figure.value * factor).quantize(STORED_PLACES, ROUND_HALF_UP).normalize()
    if column.type is ColumnType.COUNT and (value != int(value) or abs(value) > MAX_COUNT):
        raise ValueError(f"{text} is no whole number of {column.unit}")
    if abs(value) >= MAX_STORED:
        raise ValueError(f"{text} is too large to be stored")
    half_width = Decimal(5).scaleb(-figure.decimals - 1) * factor if figure.unit else None
    return CellValue(value, half_width if column.type is not ColumnType.COUNT else None)


def _word(column: Column, text: str) -> Value:
    match column.type:
        case ColumnType.FLAG:
            return read_flag(text)
        case ColumnType.DATE:
            return read_date(text)
        case ColumnType.PROJECT_CODE:
            return project_code(text)
        case ColumnType.CHOICE:
            return _codes(column, [text])[0]
        case ColumnType.CHOICES:
            return _codes(column, [word for word in _LIST_SEPARATOR.split(text) if word.strip()])
        case ColumnType.TEXT:
            return None if squeeze(text) in vocabulary().none_marks and len(text) < 4 else text.strip()
        case _:
            raise ValueError(f"{column.label} cannot be corrected")


def _codes(column: Column, words: list[str]) -> list[str]:
    """Codes in the order of the column's list; ValueError for a word that is none of them."""
    codes = code_list(column.code_list or "")
    found = {word: find_code(codes, word) for word in words}
    if unknown := [word for word, code in found.items() if code is None]:
        raise ValueError(f"{column.label} has no {', '.join(unknown)}; it has {', '.join(codes.labels)}")
    order = list(codes.names)
    return sorted({code for code in found.values() if code}, key=order.index)


def value_of_row(stored: Any) -> Value:
    """Return what the driver gave for a column of `raw` as a value that can be compared with one that was written."""
    if isinstance(stored, bool) or stored is None:
        return stored
    if isinstance(stored, int | Decimal):
        return Decimal(stored).normalize()
    if hasattr(stored, "lower") and hasattr(stored, "upper_inc"):
        return (stored.lower, stored.upper)
    if isinstance(stored, list | str):
        return stored
    raise TypeError(f"no column that can be corrected holds a {type(stored).__name__}")


def shown(value: Value) -> str:
    """Write a value for a person: figures without trailing zeros, yes and no in Chinese, empty as 空."""
    match value:
        case None:
            return "空"
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain(value)
        case tuple():
            return f"[{value[0]},{value[1]})"
        case list():
            return "、".join(value)
        case _:
            return value

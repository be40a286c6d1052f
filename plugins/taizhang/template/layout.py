"""Where things stand in the official workbook; everything is derived from the column dictionary."""

import hashlib
import math
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from taizhang.dictionary import Column, ColumnType, Sheet, load_dictionary
from taizhang.dictionary.model import UNITS

VERSION_SHEET = "_taizhang"
TEMPLATE_MARK = "taizhang-template"
OF_WHICH = "其中"

MOST_FROZEN = 4

TITLE_ROW = 0
UNIT_ROW = 1
FIRST_HEADER_ROW = 2

# Characters of width that an A3 page across prints in a size that can be read.
PAGE_WIDTH = 235.0

_UNIT_ORDER = (ColumnType.AMOUNT, ColumnType.COUNT, ColumnType.RATE, ColumnType.GROWTH, ColumnType.POINTS)
_WIDTHS = {
    ColumnType.TEXT: 14.0,
    ColumnType.PROJECT_CODE: 25.0,
    ColumnType.CHOICE: 10.0,
    ColumnType.CHOICES: 16.0,
    ColumnType.FLAG: 9.0,
    ColumnType.COUNT: 11.0,
    ColumnType.AMOUNT: 13.0,
    ColumnType.RATE: 11.0,
    ColumnType.POINTS: 10.5,
    ColumnType.GROWTH: 11.0,
    ColumnType.QUANTITY: 12.0,
    ColumnType.DATE: 12.0,
    ColumnType.MONTH: 14.0,
}


@dataclass(frozen=True)
class HeaderCell:
    """One cell of the header, merged from its first to its last row and column (all zero-based)."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    text: str
    required: bool


@dataclass(frozen=True)
class TableLayout:
    """The places of a table sheet: a title row, a row with the unit line, the header, then one row per item."""

    sheet: Sheet

    @property
    def columns(self) -> tuple[Column, ...]:
        """The sheet's columns from left to right."""
        return self.sheet.columns

    @property
    def header_rows(self) -> int:
        """Number of header rows: two as soon as a column belongs to a group (其中)."""
        return 2 if any(column.group for column in self.columns) else 1

    @property
    def last_header_row(self) -> int:
        """Zero-based number of the last header row."""
        return FIRST_HEADER_ROW + self.header_rows - 1

    @property
    def first_data_row(self) -> int:
        """Zero-based number of the first row below the header."""
        return self.last_header_row + 1

    @property
    def frozen_columns(self) -> int:
        """Columns that stay in sight when scrolling: up to and including the anchor, but not half the window."""
        names = [column.name for column in self.columns]
        return min(names.index(self.sheet.anchor) + 1, MOST_FROZEN) if self.sheet.anchor else 0

    @property
    def unit_line(self) -> str:
        """Line that names the units of the sheet, e.g. `单位：万元、%`."""
        present = {column.type for column in self.sheet.measures}
        return "单位：" + "、".join(dict.fromkeys(UNITS[kind] for kind in _UNIT_ORDER if kind in present))

    def index(self, name: str) -> int:
        """Zero-based place of the column of this name; KeyError if the sheet has none."""
        for place, column in enumerate(self.columns):
            if column.name == name:
                return place
        raise KeyError(f"{self.sheet.sheet} has no column {name}")

    def header_cells(self) -> list[HeaderCell]:
        """The header: one cell per column, and above the columns of a group one that says 其中."""
        cells = []
        for place, column in enumerate(self.columns):
            first_row = self.last_header_row if column.group else FIRST_HEADER_ROW
            cells.append(
                HeaderCell(first_row, self.last_header_row, place, place, _header_text(column), column.required)
            )
        for group in dict.fromkeys(column.group for column in self.columns if column.group):
            places = [place for place, column in enumerate(self.columns) if column.group == group]
            cells.append(HeaderCell(FIRST_HEADER_ROW, FIRST_HEADER_ROW, places[0], places[-1], OF_WHICH, False))
        return cells

    @property
    def pages_wide(self) -> int:
        """Number of pages side by side that the sheet is printed on."""
        return math.ceil(sum(self.width(column) for column in self.columns) / PAGE_WIDTH)

    @property
    def columns_of_first_page(self) -> int:
        """Number of columns that the first page and a usual screen show: the title stands in their middle."""
        ends = accumulate(self.width(column) for column in self.columns)
        return sum(end <= PAGE_WIDTH for end in ends)

    def width(self, column: Column) -> float:
        """Width of a column in characters."""
        if column.name == self.sheet.anchor:
            return 34.0
        if column.name == self.columns[0].name and column.type is ColumnType.TEXT:
            return 7.0
        return _WIDTHS[column.type]


def _header_text(column: Column) -> str:
    """Label and, on a line of its own, the unit: a narrow column would break the line inside the unit."""
    return f"{column.label}\n({column.unit})" if column.unit else column.label


@cache
def template_version() -> str:
    """Version of the official workbook: it changes when a sheet, a header, their order or a type changes."""
    parts = [
        f"{sheet.title}|{column.name}|{column.labelled_unit}|{column.type}|{column.group}|{column.required}"
        for sheet in load_dictionary().values()
        for column in sheet.columns
    ]
    return "1." + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]

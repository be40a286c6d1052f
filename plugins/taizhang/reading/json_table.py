"""The items of one sheet of a JSON submission -> a `SheetReading`, by the readers of a workbook's columns."""

from dataclasses import replace
from datetime import date
from typing import Any

from taizhang.dictionary import Column, ColumnType, Sheet
from taizhang.reading.addresses import ItemAddresses
from taizhang.reading.grid import Grid
from taizhang.reading.headers import FULL_MATCH, HeaderMatch
from taizhang.reading.json_cells import UnfitValueError, cell_text_of, extra_text
from taizhang.reading.json_document import Item
from taizhang.reading.json_text import Number
from taizhang.reading.layout import Layout
from taizhang.reading.messages import IssueLog, refusal
from taizhang.reading.result import ReadingIssue, SheetReading
from taizhang.reading.rows import DETAIL, EMPTY_ROW, OF_WHICH, SUBTOTAL, TOTAL, RowMark
from taizhang.reading.table import TableReader
from taizhang.reading.text import column_index
from taizhang.reading.units import UnitLine
from taizhang.reading.vocabulary import Unit, vocabulary

# More is no slip of somebody's, but another format.
MOST_ISSUES = 20_000
# Units that the contract fixes; counts and quantities are read without.
UNITS = {ColumnType.AMOUNT: "万元", ColumnType.RATE: "%", ColumnType.GROWTH: "%"}
# What an item can be beside a detail: sums are checked, not added, as in a workbook; what is blank is nothing.
NO_DETAIL = (TOTAL, SUBTOTAL, OF_WHICH, EMPTY_ROW)


class JsonIssueLog(IssueLog):
    """The issues of one sheet; Refusal when there are too many to be of any use."""

    def add(self, message: str, **words: Any) -> None:
        """Note an issue."""
        if len(self.issues) >= MOST_ISSUES:
            raise refusal("json_too_much", what=f"{self.sheet_title}: > {MOST_ISSUES} 处不合规定")
        super().add(message, **words)


def read_items(sheet: Sheet, items: list[Item], month: date) -> tuple[SheetReading, list[ReadingIssue]]:
    """Read the items of a sheet: item n is row n + 1, a column is there when any item has its key."""
    present = dict.fromkeys(key for item in items for key in item)
    columns = [column for column in sheet.columns if column.name in present]
    names = {column.name for column in sheet.columns}
    extras = [key for key in present if key not in names]
    addresses = ItemAddresses(sheet.sheet, [*(column.name for column in columns), *extras])
    log = JsonIssueLog(sheet.sheet, sheet.title, addresses)
    cells = [_column(column, place, items, log) for place, column in enumerate(columns)]
    cells += [[extra_text(item.get(key)) for item in items] for key in extras]
    rows: list[list[object]] = [list(row) for row in zip(*cells, strict=True)] or [[] for _ in items]
    layout = Layout(0, 0, {place: _match(column) for place, column in enumerate(columns)})
    layout.extras = {len(columns) + place: key for place, key in enumerate(extras)}
    grid = Grid(sheet.title, rows, repeats=False)
    reading = _ItemReader(sheet, grid, month, log, layout).read()
    for column in reading.columns:
        if column.name is None:
            place = column_index(column.letter)
            first = next(number for number, item in enumerate(items, 1) if column.header_path in item)
            log.add("key_unknown", row=first, column=place, value=column.header_path, header=column.header_path)
    patterns = addresses.patterns
    reading.columns = [replace(column, letter=patterns[column_index(column.letter)]) for column in reading.columns]
    return reading, log.issues


def _match(column: Column) -> HeaderMatch:
    unit = UNITS.get(column.type)
    return HeaderMatch((column.label,), column, FULL_MATCH, _unit(unit) if unit else None)


def _unit(name: str) -> Unit:
    return vocabulary().units[name]


def _column(column: Column, place: int, items: list[Item], log: IssueLog) -> list[str]:
    """Return one column's cells; each different number is turned into a text once."""
    name, known = column.name, dict[Number, str]()
    cells: list[str] = []
    for number, item in enumerate(items, 1):
        value = item.get(name)
        text = known.get(value) if type(value) is Number else None
        if text is None:
            try:
                text = cell_text_of(column, value)
            except UnfitValueError as unfit:
                _note(column, place, number, unfit, log)
                text = ""
            if type(value) is Number and text:
                known[value] = text
        cells.append(text)
    return cells


def _note(column: Column, place: int, row: int, unfit: UnfitValueError, log: IssueLog) -> None:
    log.add(
        unfit.message, row=row, column=place, name=column.name, value=unfit.shown, label=column.label, **unfit.words
    )


class _ItemReader(TableReader):
    """Reads a grid whose columns are known by their keys, and of which every row is an item."""

    def __init__(self, sheet: Sheet, grid: Grid, month: date, log: IssueLog, layout: Layout) -> None:
        super().__init__(sheet, grid, month, UnitLine(), log)
        self.layout = layout

    def _find_layout(self) -> Layout:
        return self.layout

    def _note_header(self, layout: Layout) -> None:
        found = {match.column.name for match in layout.columns.values() if match.column}
        for column in self.sheet.columns if self.grid.rows else ():
            if column.required and column.name not in found:
                self.log.add("key_missing", name=column.name, label=column.label, key=column.name)

    def _marks(self, layout: Layout) -> list[RowMark]:
        return [mark if mark.kind in NO_DETAIL else RowMark(mark.row, DETAIL) for mark in super()._marks(layout)]

    def read(self) -> SheetReading:
        """Read the items; whatever is missing or cannot be taken is noted in the log."""
        return replace(super().read(), header_rows=None)

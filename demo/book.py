"""A workbook in pieces, between the clean official one and what a unit makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from python_calamine import load_workbook

from taizhang.codelists import ReportingUnit
from taizhang.dictionary import load_dictionary
from taizhang.template import TableLayout

Cell = str | float | date | None

DETAIL = "detail"
TOTAL = "total"
BAND = "band"


@dataclass
class Line:
    """One row below the header; `cells` by column name, the text of a total or band row under `label`."""

    kind: str
    cells: dict[str, Cell]
    label: str = ""
    hidden: bool = False


@dataclass
class Table:
    """A table sheet: what stands above the header (rows of place -> text), the headers, the lines.

    `of_which` lists the columns that stand below 其中; `bands` are headers over several columns, above all others;
    `merged` columns are merged where the same value follows itself.
    """

    sheet: str
    title: str
    above: list[dict[int, str]]
    headers: dict[str, str]
    of_which: list[str]
    lines: list[Line]
    bands: list[tuple[str, str, str]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def details(self) -> list[Line]:
        """The rows that count: detail that is not hidden."""
        return [line for line in self.lines if line.kind == DETAIL and not line.hidden]


@dataclass
class Book:
    """A workbook of a unit and month; `cover` holds rows of label and value."""

    unit: ReportingUnit
    month: date
    cover_title: str
    cover: list[tuple[str, Cell]]
    tables: list[Table]
    hidden_tables: list[Table] = field(default_factory=list)

    def table(self, sheet: str) -> Table:
        """Return the table of this dictionary sheet; KeyError if the book has none."""
        for table in self.tables:
            if table.sheet == sheet:
                return table
        raise KeyError(f"the book has no sheet {sheet}")


def open_book(path: Path, unit: ReportingUnit, month: date) -> Book:
    """Take the official workbook at `path` to pieces."""
    workbook = load_workbook(path)
    cover: list[tuple[str, Cell]] = []
    tables = []
    cover_title = ""
    for definition in load_dictionary().values():
        rows = workbook.get_sheet_by_name(definition.title).to_python(skip_empty_area=False)
        if definition.layout == "form":
            cover_title = str(rows[0][0])
            cover = [(str(row[0]), _cell(row[1])) for row in rows[2:]]
        else:
            tables.append(_open_table(TableLayout(definition), rows))
    return Book(unit, month, cover_title, cover, tables)


def _open_table(layout: TableLayout, rows: Sequence[Sequence[object]]) -> Table:
    names = [column.name for column in layout.columns]
    above = [{place: str(text) for place, text in enumerate(row) if text} for row in rows[:2]]
    lines = [
        Line(DETAIL, {name: _cell(value) for name, value in zip(names, row, strict=True)})
        for row in rows[layout.first_data_row :]
    ]
    headers = {column.name: column.labelled_unit for column in layout.columns}
    of_which = [column.name for column in layout.columns if column.group]
    return Table(layout.sheet.sheet, layout.sheet.title, above, headers, of_which, lines)


def _cell(value: object) -> Cell:
    if isinstance(value, str | float | date):
        return value or (None if value == "" else value)
    raise TypeError(f"the official workbook holds no {type(value).__name__}")

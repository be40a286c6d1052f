"""A sheet as a grid of cells, whatever the file's format, with its merged ranges and hidden parts."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO, StringIO
from typing import cast

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from taizhang.reading.biff import BiffSheet, read_biff
from taizhang.reading.messages import refusal
from taizhang.reading.package import MAX_CELLS, Package
from taizhang.reading.plain_sheet import PlainSheet
from taizhang.reading.sheet_xml import Cell, SheetXml
from taizhang.reading.text import column_index, column_letter

CSV_TITLE = "CSV"
EMPTY = ""


@dataclass(frozen=True)
class Merge:
    """A merged range: rows 1-based, columns 0-based, ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass
class Grid:
    """The cells of one sheet. `rows[0]` is row 1 and every row has the same width; an empty cell is ''.

    Without `repeats` a blank or 同上 does not stand for the cell above.
    """

    title: str
    rows: list[list[object]]
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    error_cells: dict[Cell, str] = field(default_factory=dict)
    formulas_without_value: frozenset[Cell] = frozenset()
    xml: SheetXml | None = None
    plain: PlainSheet | None = None
    typed: bool = True
    repeats: bool = True

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    @cached_property
    def columns(self) -> list[tuple[object, ...]]:
        """The cells by column."""
        return list(zip(*self.rows, strict=True))

    def cell(self, row: int, column: int) -> object:
        """Return the cell of a 1-based row and a 0-based column."""
        return self.rows[row - 1][column]

    @cached_property
    def merged_from(self) -> dict[Cell, Cell]:
        """For every covered cell of a merged range, the cell that holds its value."""
        covered = {}
        for merge in self.merges:
            for row in range(merge.first_row, min(merge.last_row, len(self.rows)) + 1):
                for column in range(merge.first_column, min(merge.last_column, self.width - 1) + 1):
                    covered[row, column] = (merge.first_row, merge.first_column)
            covered.pop((merge.first_row, merge.first_column), None)
        return covered

    def shown_as_percent(self, column: int) -> frozenset[int]:
        """Return the rows whose cell in a column is formatted with a percent sign; unknown outside .xlsx."""
        return self._rows_of_style(column, self.xml.styles.percent) if self.xml else frozenset()

    def shown_as_month(self, column: int) -> frozenset[int]:
        """Return the rows whose cell in a column shows a date as a month; unknown outside .xlsx."""
        return self._rows_of_style(column, self.xml.styles.month) if self.xml else frozenset()

    def _rows_of_style(self, column: int, styles: frozenset[bytes]) -> frozenset[int]:
        if self.plain:
            return self.plain.rows_of_style(column, styles)
        return self.xml.styled_rows(column_letter(column), styles) if self.xml else frozenset()


@dataclass
class Book:
    """The sheets of a file; a grid is read when it is asked for."""

    package: Package
    titles: list[str]
    hidden_titles: list[str]
    workbook: CalamineWorkbook | None = None
    biff: dict[str, BiffSheet] = field(default_factory=dict)
    has_external_links: bool = False
    _grids: dict[str, Grid] = field(default_factory=dict)

    def grid(self, title: str) -> Grid:
        """Return the grid of a sheet, hidden or not; Refusal when its bytes are damaged."""
        if title not in self._grids:
            if self.workbook is None:
                self._grids[title] = _csv_grid(self.package)
            elif plain := self.package.plain.get(title):
                self._grids[title] = _plain_grid(title, plain, self.package.parts[title])
            else:
                self._grids[title] = self._read(title, self.workbook)
        return self._grids[title]

    def _read(self, title: str, workbook: CalamineWorkbook) -> Grid:
        with _calamine(title):
            sheet = workbook.get_sheet_by_name(title)
            rows = cast("list[list[object]]", sheet.to_python(skip_empty_area=False))
            ranges = sheet.merged_cell_ranges or []
        if self.package.kind == "xls":
            rows = [[float(cell) if type(cell) is int else cell for cell in row] for row in rows]
        merges = [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]
        grid = Grid(title, rows, merges, xml=self.package.parts.get(title))
        if grid.xml:
            grid.hidden_rows, grid.hidden_columns = grid.xml.hidden_rows(), grid.xml.hidden_columns()
            grid.error_cells, grid.formulas_without_value = grid.xml.error_cells(), grid.xml.formulas_without_value()
        elif facts := self.biff.get(title):
            grid.hidden_rows, grid.hidden_columns = frozenset(facts.hidden_rows), frozenset(facts.hidden_columns)
            grid.error_cells, grid.formulas_without_value = facts.error_cells, frozenset(facts.formulas_without_value)
        _widen(grid)
        grid.merges = _within(grid, merges)
        return grid


def _plain_grid(title: str, plain: PlainSheet, xml: SheetXml) -> Grid:
    """Return the grid of a sheet that is written plainly, without errors and with a value for every formula."""
    grid = Grid(title, plain.grid(), [], xml.hidden_rows(), xml.hidden_columns(), xml=xml, plain=plain)
    merges = [
        Merge(int(top), column_index(left.decode()), int(bottom), column_index(right.decode()))
        for left, top, right, bottom in plain.merges()
    ]
    grid.merges = _within(grid, merges)
    return grid


def _within(grid: Grid, merges: list[Merge]) -> list[Merge]:
    """Return the merges that reach into the grid; Refusal when they overlap, which costs time by their number."""
    reaching = [merge for merge in merges if merge.first_row <= len(grid.rows) and merge.first_column < grid.width]
    covered = sum(
        (min(merge.last_row, len(grid.rows)) - merge.first_row + 1)
        * (min(merge.last_column, grid.width - 1) - merge.first_column + 1)
        for merge in reaching
    )
    if covered > len(grid.rows) * grid.width:
        raise refusal("truncated", what=f"{grid.title}: {len(merges)} merges")
    return reaching


@contextmanager
def _calamine(what: str) -> Iterator[None]:
    """Turn calamine's errors, and the panics of the Rust code under it, into a refusal."""
    try:
        yield
    except PasswordError as error:
        raise refusal("encrypted") from error
    except CalamineError as error:
        raise refusal("truncated", what=f"{what}: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise refusal("truncated", what=what) from error


def open_book(package: Package) -> Book:
    """Open a package's sheets; Refusal when calamine cannot read it."""
    if package.kind == "csv":
        _csv_grid(package)
        return Book(package, [CSV_TITLE], [])
    biff, links = read_biff(package.data) if package.kind == "xls" else ({}, package.has_external_links)
    with _calamine("workbook"):
        workbook = CalamineWorkbook.from_filelike(BytesIO(package.data))
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    hidden = [sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible]
    return Book(package, visible, hidden, workbook, biff, links)


def _widen(grid: Grid) -> None:
    """Add the empty cells that calamine leaves out though an error or an uncomputed formula stands in them."""
    places = [*grid.error_cells, *grid.formulas_without_value]
    height, width = max((row for row, _ in places), default=0), max((column + 1 for _, column in places), default=0)
    if height <= len(grid.rows) and width <= grid.width:
        return
    width = max(width, grid.width)
    grid.rows = [[*row, *[EMPTY] * (width - len(row))] for row in grid.rows]
    grid.rows += [[EMPTY] * width for _ in range(height - len(grid.rows))]


def _csv_grid(package: Package) -> Grid:
    """Read a CSV file as one grid; Refusal when it has no two columns anywhere, for then it is some other text."""
    delimiter = max(",\t;|", key=lambda mark: package.text[:20_000].count(mark))
    rows = list(_csv_rows(package.text, delimiter))
    width = max((len(row) for row in rows), default=0)
    if width < 2:
        raise refusal("not_a_workbook")
    if len(rows) * width > MAX_CELLS:
        raise refusal("expands_too_much", what=f"{len(rows)} x {width}")
    return Grid(CSV_TITLE, [[*row, *[EMPTY] * (width - len(row))] for row in rows], typed=False)


def _csv_rows(text: str, delimiter: str) -> Iterator[list[object]]:
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise refusal("not_a_workbook") from error

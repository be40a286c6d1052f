"""A sheet as cells: what a book looks like once every piece has its row and column."""

from dataclasses import dataclass, field
from itertools import pairwise

from demo.book import DETAIL, Book, Cell, Table
from taizhang.template.layout import OF_WHICH

Merge = tuple[int, int, int, int]


@dataclass
class Grid:
    """Cells by (row, column), zero-based; merges as first row, first column, last row, last column."""

    title: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden: bool = False

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Merge cells, unless it is a single one."""
        if (first_row, first_column) != (last_row, last_column):
            self.merges.append((first_row, first_column, last_row, last_column))


def grids(book: Book) -> list[Grid]:
    """Lay out a book: the cover, its tables, its hidden tables."""
    laid_out = [_cover(book)] if book.cover else []
    laid_out += [_table(table) for table in book.tables]
    for table in book.hidden_tables:
        grid = _table(table)
        grid.hidden = True
        laid_out.append(grid)
    return laid_out


def _cover(book: Book) -> Grid:
    grid = Grid("封面")
    grid.cells[0, 0] = book.cover_title
    grid.merge(0, 0, 0, 1)
    for row, (label, value) in enumerate(book.cover, start=2):
        grid.cells[row, 0] = label
        grid.cells[row, 1] = value
    return grid


def _table(table: Table) -> Grid:
    grid = Grid(table.title)
    names = list(table.headers)
    for row, texts in enumerate(table.above):
        for place, text in texts.items():
            grid.cells[row, min(place, len(names) - 1)] = text
        if list(texts) == [0]:
            grid.merge(row, 0, row, len(names) - 1)
    first_row = _header(grid, table, len(table.above))
    for row, line in enumerate(table.lines, start=first_row):
        if line.hidden:
            grid.hidden_rows.append(row)
        for place, name in enumerate(names):
            value = line.cells.get(name)
            if value is not None:
                grid.cells[row, place] = value
        if line.label:
            place = 0 if line.kind == "band" else min(1, len(names) - 1)
            grid.cells[row, place] = line.label
    for name in table.merged:
        _merge_repeats(grid, table, names.index(name), first_row)
    return grid


def _header(grid: Grid, table: Table, top: int) -> int:
    """Write the header below row `top`: bands, then labels, then the columns of 其中; return the row below it."""
    names = list(table.headers)
    label_row = top + (1 if table.bands else 0)
    last_row = label_row + (1 if table.of_which else 0)
    banded: set[str] = set()
    for text, first, last in table.bands:
        places = names.index(first), names.index(last)
        grid.cells[top, places[0]] = text
        grid.merge(top, places[0], top, places[1])
        banded.update(names[places[0] : places[1] + 1])
    for place, name in enumerate(names):
        first_row = last_row if name in table.of_which else label_row if name in banded else top
        grid.cells[first_row, place] = table.headers[name]
        grid.merge(first_row, place, last_row, place)
    if table.of_which:
        places = names.index(table.of_which[0]), names.index(table.of_which[-1])
        grid.cells[label_row, places[0]] = OF_WHICH
        grid.merge(label_row, places[0], label_row, places[1])
    return last_row + 1


def _merge_repeats(grid: Grid, table: Table, place: int, first_row: int) -> None:
    """Merge the cells of a column where the same value follows itself in detail rows."""
    start = first_row
    values = [
        (line.cells.get(list(table.headers)[place]), line.kind == DETAIL and not line.hidden) for line in table.lines
    ]
    for row, ((value, is_detail), (following, follows)) in enumerate(
        pairwise([*values, (None, False)]), start=first_row
    ):
        if value is not None and is_detail and follows and following == value:
            continue
        for covered in range(start + 1, row + 1):
            grid.cells.pop((covered, place), None)
        grid.merge(start, place, row, place)
        start = row + 1

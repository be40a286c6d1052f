"""The cells of one column over a table's rows, with errors taken out and merged or repeated values filled in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from taizhang.dictionary import Column
from taizhang.reading.grid import EMPTY, Grid, Merge
from taizhang.reading.messages import IssueLog
from taizhang.reading.text import squeeze
from taizhang.reading.vocabulary import vocabulary

LONGEST_DITTO = 4


@dataclass
class Cells:
    """Raw cells of one column, one for each of `rows` (1-based row numbers)."""

    grid: Grid
    place: int
    column: Column
    header: str
    rows: list[int]
    values: list[object]
    log: IssueLog

    def note(self, message: str, index: int, value: object, **words: Any) -> None:
        """Note an issue about the cell at an index."""
        label = self.column.label
        self.log.add(
            message, row=self.rows[index], column=self.place, name=self.column.name, value=value, label=label, **words
        )

    def texts(self) -> set[str]:
        """Return the different texts."""
        kinds = set(map(type, self.values))
        if str not in kinds:
            return set()
        texts: set[Any] = set(self.values)
        return texts if len(kinds) == 1 else {value for value in texts if type(value) is str}

    def distinct(self, read: Callable[[str], Any], message: str) -> list[Any]:
        """Read every text once and give each cell its result; cells whose text cannot be read are noted and None.

        Empty cells stay None; `read` raises ValueError for what it cannot read.
        """
        results: dict[str, Any] = {}
        unreadable: set[str] = set()
        for text in self.texts():
            try:
                results[text] = read(text) if text.strip() else None
            except ValueError:
                unreadable.add(text)
        values = [results.get(value) if isinstance(value, str) else None for value in self.values]
        if unreadable:
            for index, value in enumerate(self.values):
                if value in unreadable:
                    self.note(message, index, value)
        return values


def column_cells(
    grid: Grid,
    place: int,
    column: Column,
    header: str,
    rows: list[int],
    log: IssueLog,
    within: Sequence[object] | None = None,
) -> Cells:
    """Take a column's cells in the given rows, from top to bottom; its blanks go by the column with values `within`."""
    whole = grid.columns[place]
    is_block = bool(rows) and rows[-1] - rows[0] == len(rows) - 1
    values = list(whole[rows[0] - 1 : rows[-1]]) if is_block else [whole[row - 1] for row in rows]
    cells = Cells(grid, place, column, header, rows, values, log)
    texts = cells.texts()
    _take_out_errors(cells, texts)
    merges = [merge for merge in grid.merges if rows and merge.last_row >= rows[0]]
    if merges:
        _spread_merged(cells, merges)
    if not column.is_measure and grid.repeats:
        _fill_down(cells, within, cells.texts() if merges else texts)
    return cells


def _take_out_errors(cells: Cells, texts: set[str]) -> None:
    """Note error values and formulas that nobody computed, and leave such cells empty: never 0."""
    grid, place = cells.grid, cells.place
    if grid.error_cells or grid.formulas_without_value:
        for index, row in enumerate(cells.rows):
            if (row, place) in grid.error_cells:
                cells.note("error_cell", index, grid.error_cells[row, place])
                cells.values[index] = EMPTY
            elif (row, place) in grid.formulas_without_value:
                cells.note("formula_without_value", index, None)
                cells.values[index] = EMPTY
    if not texts or "#" not in "".join(texts):
        return
    marks = vocabulary().error_marks
    for index, value in enumerate(cells.values):
        if isinstance(value, str) and value[:1] == "#" and squeeze(value).upper() in marks:
            cells.note("error_cell", index, value)
            cells.values[index] = EMPTY


def _spread_merged(cells: Cells, merges: list[Merge]) -> None:
    """Give every row of a vertically merged cell its text; a merged figure cannot be divided and is noted."""
    position = {row: index for index, row in enumerate(cells.rows)}
    for merge in merges:
        if not merge.first_column <= cells.place <= merge.last_column:
            continue
        covered = [row for row in range(merge.first_row, merge.last_row + 1) if row in position]
        value = cells.grid.cell(merge.first_row, merge.first_column)
        if value == EMPTY or (merge.first_column != cells.place and cells.column.is_measure):
            continue
        for row in covered:
            if not cells.column.is_measure:
                cells.values[position[row]] = value
            elif row != merge.first_row:
                cells.note("number_merged", position[row], value)


def _fill_down(cells: Cells, within: Sequence[object] | None, texts: set[str]) -> None:
    """Repeat the value above where the cell says 同上, or is blank in a column in which blank means that.

    With `within` blank means that only as long as those values stay the same.
    """
    marks = vocabulary().ditto_marks
    ditto = {text for text in texts if 0 < len(text) <= LONGEST_DITTO and squeeze(text) in marks}
    if not cells.column.fill_down and not ditto:
        return
    above: object = EMPTY
    for index, value in enumerate(cells.values):
        blank = isinstance(value, str) and not value.strip()
        if blank and within is not None and index and within[index] != within[index - 1]:
            above = EMPTY
        if value in ditto or (blank and cells.column.fill_down):
            cells.values[index] = above
        elif not blank:
            above = value

"""The cover: a form of labels and values, the value right of its label, below it, or in the same cell."""

import re
from dataclasses import dataclass

from taizhang.dictionary import Column, Sheet
from taizhang.reading.grid import Grid
from taizhang.reading.headers import label_index, normal_label
from taizhang.reading.text import cell_text, column_letter, fold, squeeze
from taizhang.reading.units import UnitLine, read_unit_line
from taizhang.reading.vocabulary import vocabulary

_PAIR = re.compile(r"([^\s:]+)\s*:\s*([^:]*?)(?=\s+[^\s:]+\s*:|$)")
_BLANK_LINE = re.compile(r"^[_\s]+|[_\s]+$")
MAX_GAP = 4


@dataclass(frozen=True)
class FormValue:
    """One value of a form and its cell (row 1-based, column 0-based)."""

    row: int
    place: int
    value: object

    @property
    def cell(self) -> str:
        """The cell's address."""
        return f"{column_letter(self.place)}{self.row}"


class FormReader:
    """Finds the values of a form's fields."""

    def __init__(self, grid: Grid, sheet: Sheet) -> None:
        self.grid = grid
        self.index = label_index(sheet.sheet, None)

    def read(self) -> dict[str, FormValue]:
        """Return the values by column name; fields without a value are left out."""
        values: dict[str, FormValue] = {}
        for number, row in enumerate(self.grid.rows, 1):
            if number in self.grid.hidden_rows:
                continue
            for place, cell in enumerate(row):
                if isinstance(cell, str) and cell.strip():
                    for column, value in self._pairs(number, place, cell):
                        values.setdefault(column.name, value)
        return values

    def _pairs(self, row: int, place: int, text: str) -> list[tuple[Column, FormValue]]:
        """Return the fields that a cell names, with their values, here or next to it."""
        column = self._column(text)
        if column:
            found = self._beside(row, place) or self._below(row, place)
            return [(column, found)] if found and self._fits(column, found.value) else []
        folded = fold(text)
        head, colon, tail = folded.partition(":")
        pairs = _PAIR.findall(folded)
        if colon and len(pairs) == 1:
            pairs = [(squeeze(head), tail)]
        found_pairs = []
        for label, value in pairs:
            column, value = self._column(label), _BLANK_LINE.sub("", value)
            if column and value and self._fits(column, value):
                found_pairs.append((column, FormValue(row, place, value)))
        return found_pairs

    def _column(self, text: str) -> Column | None:
        return next(iter(self.index.find(normal_label(text))), None)

    @staticmethod
    def _fits(column: Column, value: object) -> bool:
        """False for 单位：万元, which states the unit of the figures and no reporting unit."""
        return column.name != "reporting_unit" or not read_unit_line([f"单位:{cell_text(value)}"]).by_kind

    def _is_label(self, value: object) -> bool:
        return isinstance(value, str) and (self._column(value) is not None or fold(value).endswith(":"))

    def _beside(self, row: int, place: int) -> FormValue | None:
        """Return the next filled cell to the right, unless it is a label itself."""
        for right in range(place + 1, min(place + 1 + MAX_GAP, self.grid.width)):
            value = self.grid.cell(row, right)
            if cell_text(value).strip("_"):
                return None if self._is_label(value) else FormValue(row, right, value)
        return None

    def _below(self, row: int, place: int) -> FormValue | None:
        if row >= len(self.grid.rows):
            return None
        value = self.grid.cell(row + 1, place)
        if not cell_text(value).strip("_") or self._is_label(value):
            return None
        return FormValue(row + 1, place, value)


def cover_units(grid: Grid) -> UnitLine:
    """Return the units that the cover states for the whole workbook."""
    texts = [cell for row in grid.rows for cell in row if isinstance(cell, str)]
    lines = [text for text in texts if any(label in squeeze(text) for label in vocabulary().unit_line_labels)]
    return read_unit_line(lines)

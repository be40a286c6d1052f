"""Which rows the totals of a table of classes add up: those of the classes that stand beside the word 合计.

第八期 | 合计 adds up the period, 合计 | 签约一批 the class over all periods, 第一期至第七期合计 seven of them, a bare
合计 everything. A 合计 whose period cell is empty closes the rows above it where the table has more sums, else it adds
up everything.
"""

import re

from taizhang.codelists import code_list
from taizhang.dictionary import Column, Sheet
from taizhang.reading.columns import TableColumns
from taizhang.reading.grid import Grid
from taizhang.reading.layout import Layout
from taizhang.reading.rows import DETAIL, SUBTOTAL, TOTAL, RowMark
from taizhang.reading.text import cell_text, squeeze
from taizhang.reading.vocabulary import vocabulary
from taizhang.reading.wording import find_code

Claim = tuple[RowMark, str, tuple[int, ...]]
# Names of classes by column, as far as a row of sums tells; None where it tells something that is not known.
Chosen = dict[str, frozenset[str]] | None

_RANGE = re.compile(r"(.+?)(?:至|到|[-—~])(.+)")


def has_classes(sheet: Sheet) -> bool:
    """True if the sheet's rows are named by a class of a code list."""
    return sheet.anchor is not None and sheet.column(sheet.anchor).code_list is not None


class ClassClaims:
    """Finds the rows behind each total of one table of classes."""

    def __init__(self, sheet: Sheet, grid: Grid, layout: Layout, marks: list[RowMark], table: TableColumns) -> None:
        self.grid = grid
        self.marks = marks
        self.table = table
        places = [(sheet.column(name), layout.place(name)) for name in sheet.subject]
        self.subject = [(column, place) for column, place in places if place is not None]

    def claims(self) -> list[Claim]:
        """Return each row with sums, its kind (total, subtotal) and the detail rows that it adds up.

        A sum of classes that are not known, or that overlap, adds up nobody knows what, and is left out.
        """
        found: list[Claim] = []
        for position, mark in enumerate(self.marks):
            if mark.kind not in (TOTAL, SUBTOTAL) or (chosen := self._chosen(mark)) is None:
                continue
            is_open = not chosen and self._is_open(mark)
            rows = self._rows_above(position) if is_open else self._rows_of(chosen)
            if not self._overlap(rows):
                is_part = bool(chosen) or len(rows) < len(self.table.rows)
                found.append((mark, SUBTOTAL if is_part else mark.kind, tuple(rows)))
        return found

    def _chosen(self, mark: RowMark) -> Chosen:
        chosen: dict[str, frozenset[str]] = {}
        for column, place in self.subject:
            text = self._text(mark, place)
            if text == mark.label:
                named = self._named(mark)
                if named is None:
                    return None
                chosen |= named
            elif text not in vocabulary().none_marks:
                values = _values(column, text)
                if values is None:
                    return None
                chosen[column.name] = values
        return chosen

    def _text(self, mark: RowMark, place: int) -> str:
        return squeeze(cell_text(self.grid.cell(*self.grid.merged_from.get((mark.row, place), (mark.row, place)))))

    def _named(self, mark: RowMark) -> Chosen:
        """Return what 第八期小计 names beside the word; 全县合计 names nothing."""
        name = mark.label
        for word in (*vocabulary().subtotal_words, *vocabulary().grand_total_words):
            name = name.split(word)[0]
        if not name or mark.kind == TOTAL:
            return {}
        for column, _ in self.subject:
            if column.code_list and (values := _values(column, name)) is not None:
                return {column.name: values}
        return None

    def _is_open(self, mark: RowMark) -> bool:
        """True if the group is left to the place of the row: what would name it is blank before the word."""
        for column, place in self.subject:
            text = self._text(mark, place)
            if text == mark.label:
                return False
            if column.fill_down and text in vocabulary().none_marks:
                return True
        return False

    def _rows_of(self, chosen: dict[str, frozenset[str]]) -> list[int]:
        return [
            row
            for index, row in enumerate(self.table.rows)
            if all(_squeezed(self.table.values[name][index]) in values for name, values in chosen.items())
        ]

    def _rows_above(self, position: int) -> list[int]:
        """Return the rows since the sum before, where there are more sums than this one; else all of the table."""
        sums = [place for place, mark in enumerate(self.marks) if mark.kind in (TOTAL, SUBTOTAL)]
        start = max((place for place in sums if place < position), default=0)
        rows = [mark.row for mark in self.marks[start:position] if mark.kind == DETAIL]
        return rows if rows and len(sums) > 1 else list(self.table.rows)

    def _overlap(self, rows: list[int]) -> bool:
        """True if the rows are of several classes that overlap, so that they cannot be added up."""
        summed = set(rows)
        for column, _ in self.subject:
            values = zip(self.table.rows, self.table.values[column.name], strict=True)
            if column.classes_overlap and len({value for row, value in values if row in summed}) > 1:
                return True
        return False


def _values(column: Column, text: str) -> frozenset[str] | None:
    """Return the classes that a text names, one or from one to another; without a code list the text itself."""
    if not column.code_list:
        return frozenset([text])
    codes = code_list(column.code_list)
    if code := find_code(codes, text):
        return frozenset([code])
    if ends := _RANGE.fullmatch(text):
        first, last = (find_code(codes, end) for end in ends.groups())
        order = list(codes.names)
        if first and last and order.index(first) < order.index(last):
            return frozenset(order[order.index(first) : order.index(last) + 1])
    return None


def _squeezed(value: object) -> str | None:
    return squeeze(value) if isinstance(value, str) else None

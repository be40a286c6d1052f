"""Which detail rows a totals row claims to add up."""

from collections.abc import Callable

from taizhang.codelists import partitions
from taizhang.reading.rows import BAND, DETAIL, OF_WHICH, SUBTOTAL, TOTAL, RowMark
from taizhang.reading.vocabulary import vocabulary

Codes = Callable[[str], list[int] | None]


class ClaimFinder:
    """Finds the rows behind each total of one table, from the order of its rows."""

    def __init__(self, marks: list[RowMark], rows_of_class: Codes) -> None:
        self.marks = marks
        self.rows_of_class = rows_of_class
        outermost = vocabulary().outermost_total_words
        totals = [mark for mark in marks if mark.kind == TOTAL]
        self.has_outermost = any(mark.label.startswith(outermost) for mark in totals)
        self.has_bands = any(mark.kind == BAND for mark in marks)

    def claims(self) -> list[tuple[RowMark, str, tuple[int, ...]]]:
        """Return each row with sums, its kind (total, subtotal, of_which) and the detail rows it adds up.

        A row of 其中 that names no class adds up nobody knows which rows, yet it is part of a total.
        """
        found = []
        for position, mark in enumerate(self.marks):
            kind, rows = self._claim(position, mark)
            if rows or kind == OF_WHICH:
                found.append((mark, kind, tuple(rows)))
        return found

    def _claim(self, position: int, mark: RowMark) -> tuple[str, list[int]]:
        if mark.kind == TOTAL and not self._is_inner(mark):
            return TOTAL, self._details(0, len(self.marks))
        if mark.kind in (TOTAL, SUBTOTAL):
            return SUBTOTAL, self._subtotal(position, mark)
        if mark.kind == BAND and mark.has_figures:
            return SUBTOTAL, self._details(position + 1, self._band_end(position))
        if mark.kind == OF_WHICH:
            return OF_WHICH, self.rows_of_class(mark.label) or []
        return mark.kind, []

    def _is_inner(self, mark: RowMark) -> bool:
        """True for a 合计 that closes a band while a 总计 adds up everything."""
        return self.has_outermost and self.has_bands and not mark.label.startswith(vocabulary().outermost_total_words)

    def _details(self, start: int, end: int) -> list[int]:
        return [mark.row for mark in self.marks[start:end] if mark.kind == DETAIL]

    def _band_end(self, position: int) -> int:
        """Return where the band that starts at a position ends: at the next band of its depth or above."""
        level = self.marks[position].level
        for later in range(position + 1, len(self.marks)):
            if self.marks[later].kind == BAND and self.marks[later].level <= level:
                return later
        return len(self.marks)

    def _subtotal(self, position: int, mark: RowMark) -> list[int]:
        """Return the rows of a 小计: of the band that it names, else of the innermost band that it closes or opens."""
        bands = self._open_bands(position)
        named = [band for band in bands if self._names(mark, band)]
        if named:
            return self._details(named[-1], self._band_end(named[-1]))
        closed = self._sums_just_above(position)
        if closed < len(bands):
            band = bands[-1 - closed]
            return self._details(band, position) or self._details(position, self._band_end(band))
        return self._without_bands(position)

    def _sums_just_above(self, position: int) -> int:
        """Count the sums directly above a position: each has closed one band."""
        count = 0
        while count < position and self.marks[position - 1 - count].kind in (SUBTOTAL, TOTAL):
            count += 1
        return count

    def _open_bands(self, position: int) -> list[int]:
        """Return the bands around a position, the outermost first."""
        bands: list[int] = []
        for earlier in range(position):
            if self.marks[earlier].kind == BAND:
                bands = [band for band in bands if self.marks[band].level < self.marks[earlier].level]
                bands.append(earlier)
        return bands

    def _names(self, mark: RowMark, band: int) -> bool:
        name = mark.label
        for word in (*vocabulary().subtotal_words, *vocabulary().grand_total_words):
            name = name.split(word)[0]
        return len(name) > 1 and name in self.marks[band].label

    def _details_since_sum(self, position: int) -> list[int]:
        """Return the detail rows between the nearest sum or band above and a position."""
        start = max(
            (i for i in range(position) if self.marks[i].kind in (SUBTOTAL, TOTAL, BAND)),
            default=0,
        )
        return self._details(start, position)

    def _without_bands(self, position: int) -> list[int]:
        """Return the rows of a 小计 in a table without bands: those since the last sum, else those to the next."""
        above = self._details_since_sum(position)
        if above:
            return above
        end = next(
            (i for i in range(position + 1, len(self.marks)) if self.marks[i].kind in (SUBTOTAL, TOTAL)),
            len(self.marks),
        )
        return self._details(position, end)


def block_claims(marks: list[RowMark], blocks: dict[int, str | None]) -> list[tuple[RowMark, str, tuple[int, ...]]]:
    """Return the sums of a breakdown table: each adds up the classes of its own breakdown, unless these overlap."""
    found = []
    for mark in marks:
        block = blocks.get(mark.row)
        if mark.kind in (TOTAL, SUBTOTAL) and block and block in partitions():
            rows = tuple(other.row for other in marks if other.kind == DETAIL and blocks.get(other.row) == block)
            if rows:
                found.append((mark, mark.kind, rows))
    return found

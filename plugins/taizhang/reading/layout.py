"""Where a table's header stands and which column of the grid is which column of the dictionary."""

from dataclasses import dataclass, field
from functools import lru_cache

from taizhang.dictionary import Column, Sheet
from taizhang.reading.grid import Grid
from taizhang.reading.headers import HeaderMatch, LabelIndex, normal_label
from taizhang.reading.sheet_xml import Cell
from taizhang.reading.text import cell_text, cell_texts, column_letter, squeeze
from taizhang.reading.units import header_unit
from taizhang.reading.vocabulary import vocabulary

SEARCHED_ROWS = 40
MAX_DEPTH = 4
LONGEST_LABEL = 60
UNIT_BONUS = 0.1
TITLE_WIDTH_SHARE = 0.6


@dataclass
class Layout:
    """A table's header: its rows (1-based, ends included), what each column is, and what stands above."""

    first_row: int
    last_row: int
    columns: dict[int, HeaderMatch]
    duplicates: list[tuple[Column, int, int]] = field(default_factory=list)
    extras: dict[int, str] = field(default_factory=dict)
    titles: list[tuple[int, int, str]] = field(default_factory=list)

    def place(self, name: str) -> int | None:
        """Return the 0-based column of a dictionary column, None when the table has none."""
        for place, match in self.columns.items():
            if match.column and match.column.name == name:
                return place
        return None

    def measures(self) -> list[int]:
        """Return the places of figures."""
        return [place for place, match in self.columns.items() if match.column and match.column.is_measure]


class HeaderFinder:
    """Looks for the rows that fit the dictionary best."""

    def __init__(self, grid: Grid, index: LabelIndex) -> None:
        self.grid = grid
        self.index = index
        self.height = min(len(grid.rows), SEARCHED_ROWS)
        self.hits = self._all_hits()
        # One row more than is searched: what is inherited is decided by the row below.
        self.texts = [cell_texts(row) for row in grid.rows[: self.height + 1]]
        used = (place for place in range(grid.width) if any(row[place] for row in self.texts[: self.height]))
        self.left_edge = next(used, 0)
        self.title_rows = {row for row in range(1, self.height + 1) if self._is_title(row)}
        self.wide_rows = self._wide_rows()
        self.headers = [self._sources(row) for row in range(1, self.height + 1)]

    def _all_hits(self) -> list[int]:
        """Count the known labels in each row, down to a few rows below the first that is surely a header."""
        required = sum(column.required for column in self.index.sheet.columns)
        hits: list[int] = []
        last = self.height
        for row in range(1, self.height + 1):
            if row > last:
                break
            hits.append(self._hits(row))
            if hits[-1] >= max(required, 4):
                last = min(last, row + MAX_DEPTH - 1)
        self.height = len(hits)
        return hits

    def _hits(self, row: int) -> int:
        labels = (cell for cell in self.grid.rows[row - 1] if isinstance(cell, str) and 0 < len(cell) <= LONGEST_LABEL)
        return sum(bool(self.index.find(normal_label(header_unit(label)[1]))) for label in labels)

    def find(self) -> tuple[int, int] | None:
        """Return the first and last row of the header, None when fewer than two columns are known anywhere."""
        best: tuple[float, int, int] | None = None
        for first in range(1, self.height + 1):
            for last in range(first, min(first + MAX_DEPTH - 1, self.height) + 1):
                if max(self.hits[first - 1 : last]) < 2 or (last > first and self._begins_above(first, last)):
                    continue
                score = self._score(first, last)
                if best is None or score > best[0]:
                    best = (score, first, last)
        return (best[1], best[2]) if best and best[0] >= 2 else None

    def _score(self, first: int, last: int) -> float:
        """Rate a window of rows: matches of different columns, a little for units, a little less for each row."""
        scores: dict[str, float] = {}
        for place in range(self.grid.width):
            match = self.match(place, first, last)
            if match and match.column:
                score = match.score + (UNIT_BONUS if match.unit else 0)
                scores[match.column.name] = max(score, scores.get(match.column.name, 0))
        return sum(scores.values()) - 0.01 * (last - first) - self._is_cut(first, last)

    def _is_cut(self, first: int, last: int) -> bool:
        """True when a group of the last row has texts of its own below: the header goes on."""
        if last >= len(self.grid.rows):
            return False
        below = self.grid.rows[last]
        for merge in self.grid.merges:
            if first <= merge.first_row and merge.last_row == last and merge.first_column < merge.last_column:
                cells = [cell for cell in below[merge.first_column : merge.last_column + 1] if cell != ""]
                if len(cells) > 1 and all(isinstance(cell, str) for cell in cells):
                    return True
        return False

    def _begins_above(self, first: int, last: int) -> bool:
        """True when the window of rows holds what stands above a table: a title or a unit line."""
        return first in self.wide_rows or not self.title_rows.isdisjoint(range(first, last))

    def _is_title(self, row: int) -> bool:
        """True for a row with a unit line, or with one text that begins where the table does."""
        texts = [(place, text) for place, text in enumerate(self.texts[row - 1]) if text]
        if len(texts) == 1 and texts[0][0] == self.left_edge:
            return True
        return any(_states_units(text) for _, text in texts)

    def _wide_rows(self) -> set[int]:
        """Return the rows that a merge spans nearly as wide as the table."""
        wide = TITLE_WIDTH_SHARE * self.grid.width
        merges = [merge for merge in self.grid.merges if merge.last_column - merge.first_column + 1 > wide]
        return {row for merge in merges for row in range(merge.first_row, min(merge.last_row, self.height) + 1)}

    def match(self, place: int, first: int, last: int) -> HeaderMatch | None:
        """Say what a column is by its header cells; None when it has none."""
        path, own_path = self._paths(place, first, last)
        if not path:
            return None
        match = self.index.match(path)
        return match if match.column or own_path == path else self.index.match(own_path)

    def _paths(self, place: int, first: int, last: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return a column's header texts from above, with and without what only an unmerged neighbour says."""
        path: list[str] = []
        own: list[str] = []
        seen = None
        for row in range(first, last + 1):
            source, text = self.headers[row - 1][place]
            if source[0] < first:
                text = ""
            if text and source != seen:
                path.append(text)
                own.append(text)
            elif not text and row < last and (inherited := self._inherited(row, place)):
                path.append(inherited)
            seen = source
        return tuple(path), tuple(own)

    def _sources(self, row: int) -> list[tuple[Cell, str]]:
        """Return for each cell of a row the one that holds its value, and that one's text."""
        merged_from = self.grid.merged_from
        if not merged_from:
            return [((row, place), text) for place, text in enumerate(self.texts[row - 1])]
        sources = [merged_from.get((row, place), (row, place)) for place in range(self.grid.width)]
        return [(source, self.texts[source[0] - 1][source[1]]) for source in sources]

    def _inherited(self, row: int, place: int) -> str:
        """Return the group that an unmerged header leaves to the columns right of it: 到位资金, blank, blank."""
        above, below = self.texts[row - 1], self.texts[row]
        while place > 0 and below[place]:
            if (row, place) in self.grid.merged_from or (row + 1, place) in self.grid.merged_from:
                return ""
            if above[place]:
                return above[place]
            place -= 1
        return above[place] if below[place] else ""


@lru_cache(maxsize=4096)
def _states_units(text: str) -> bool:
    """True for a unit line: 单位：万元."""
    squeezed = squeeze(text)
    return any(f"{label}:" in squeezed for label in vocabulary().unit_line_labels)


def find_layout(grid: Grid, sheet: Sheet, index: LabelIndex) -> Layout | None:
    """Find a table's header and assign its columns; None when there is no header."""
    if not grid.rows:
        return None
    finder = HeaderFinder(grid, index)
    rows = finder.find()
    if rows is None:
        return None
    first, last = rows
    layout = Layout(first, last, {}, titles=titles_above(grid, first))
    found = [(place, match) for place in range(grid.width) if (match := finder.match(place, first, last))]
    best: dict[str, tuple[int, HeaderMatch]] = {}
    for place, match in sorted(found, key=lambda item: (-item[1].score, item[0])):
        if match.column:
            taken = best.setdefault(match.column.name, (place, match))
            if taken[0] != place:
                layout.duplicates.append((match.column, taken[0], place))
    layout.columns = dict(sorted(best.values(), key=lambda item: item[0]))
    _name_extras(grid, layout, dict(found))
    return layout


def _name_extras(grid: Grid, layout: Layout, found: dict[int, HeaderMatch]) -> None:
    """Name the unit's own columns that have a header or any content, each by a name of its own."""
    for place in range(grid.width):
        if place in layout.columns:
            continue
        match = found.get(place)
        filled = any(cell_text(cell) for cell in grid.columns[place][layout.last_row :])
        if match is None and not filled:
            continue
        name = " ".join(match.text.split()) if match else ""
        if not name or name in layout.extras.values():
            name = f"{name}({column_letter(place)})"
        layout.extras[place] = name


def titles_above(grid: Grid, first_row: int) -> list[tuple[int, int, str]]:
    """Return the texts above a header with their place."""
    return [
        (row, place, cell)
        for row in range(1, first_row)
        for place, cell in enumerate(grid.rows[row - 1])
        if isinstance(cell, str) and cell.strip()
    ]

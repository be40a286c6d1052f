"""A column of gaps to the schedule in percentage points: 17.3, 超17.3, 落后5.2个百分点, 持平."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from taizhang.decimals import plain
from taizhang.reading.cells import Cells
from taizhang.reading.figures import PrintedFigures
from taizhang.reading.numbers import Figure, UnreadableFigureError, read_figure
from taizhang.reading.rates import FRACTION, PERCENT, RateColumn, finish, scaled, scaled_cell
from taizhang.reading.text import fold, squeeze
from taizhang.reading.vocabulary import vocabulary


@cache
def _in_words() -> re.Pattern[str]:
    """What may stand before the figure: (较)序时进度, the word that is its sign, 序时进度."""
    words = vocabulary()
    schedule = "|".join(map(re.escape, words.schedule_words))
    ahead, behind = ("|".join(map(re.escape, entries)) for entries in (words.ahead_words, words.behind_words))
    return re.compile(
        rf"(?:[较比与]?\s*(?:{schedule})\s*(?:相比)?,?\s*)?(?:(?P<ahead>{ahead})|(?P<behind>{behind}))"
        rf"\s*(?:{schedule})?\s*:?(?P<figure>.+)"
    )


def read_gap(text: str) -> Figure | None:
    """Read one gap, above zero when ahead of schedule; 持平 is about zero, None a mark for none.

    UnreadableFigureError for anything else, also where word and sign both say which way: 落后-5.2 may mean either.
    """
    if squeeze(text) in vocabulary().on_schedule_words:
        return Figure(Decimal(0), 0, approximate=True)
    found = _in_words().fullmatch(fold(text))
    if found is None:
        return read_figure(_without_unit(text))
    figure = read_figure(_without_unit(found["figure"]))
    if figure is None or figure.value < 0 or found["figure"].strip().startswith("+"):
        raise UnreadableFigureError(text)
    return replace(figure, value=-figure.value) if found["behind"] else figure


def _without_unit(text: str) -> str:
    """Strip 个百分点 behind a figure, which numerals such as 两个百分点 have as well."""
    folded = fold(text)
    names = [name for name, unit in vocabulary().units.items() if unit.kind == "points"]
    found = next((name for name in sorted(names, key=len, reverse=True) if folded.endswith(name)), "")
    return folded.removesuffix(found) or text if found else text


def read_points(cells: Cells, printed: PrintedFigures) -> RateColumn:
    """Take gaps as percentage points; 17.3% and a cell that Excel shows as 17.3% are taken as 17.3 points and noted."""
    unmarked = printed.all_plain()
    by_format = cells.grid.shown_as_percent(cells.place) if unmarked else frozenset()
    stored: dict[int, tuple[Decimal, int]] = {}
    shown: list[int] = []
    for index, value in unmarked.items():
        is_percent = cells.rows[index] in by_format and isinstance(cells.values[index], float)
        stored[index] = scaled_cell(printed, index, value, FRACTION if is_percent else PERCENT)
        shown += [index] if is_percent else []
    if shown:
        # The format is that of the column: said once.
        first = min(shown)
        taken = plain(stored[first][0])
        cells.note("percent_for_points", first, f"{taken}%", taken=taken)
    _take_special(cells, printed, stored)
    return finish(cells, stored, by_format, True)


def _take_special(cells: Cells, printed: PrintedFigures, stored: dict[int, tuple[Decimal, int]]) -> None:
    """Take the gaps that carry a unit or are approximate, or note a unit that no gap has."""
    for index, figure in printed.special.items():
        kind = figure.unit.kind if figure.unit else "points"
        if kind not in ("points", "rate"):
            cells.note("cell_unit_unfit", index, cells.values[index])
            continue
        stored[index] = scaled(figure.value, figure.unit.factor if figure.unit else PERCENT)
        taken = plain(stored[index][0])
        if kind == "rate":
            cells.note("percent_for_points", index, cells.values[index], taken=taken)
        if figure.approximate:
            cells.note("number_approximate", index, cells.values[index], taken=f"{taken}{cells.column.unit}")

"""A column of figures: vectorised for plain Excel numbers, through the distinct texts for everything else."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from taizhang.decimals import plain
from taizhang.dictionary import ColumnType
from taizhang.reading.cells import Cells
from taizhang.reading.numbers import (
    MAX_PRINTED_DECIMALS,
    Figure,
    UnreadableFigureError,
    figure_of_float,
    places_of,
    read_figure,
)
from taizhang.reading.vocabulary import Unit

STORED_PLACES = Decimal("0.000001")
MAX_STORED = Decimal(10) ** 14
MAX_COUNT = 2**31 - 1
# Whole numbers up to here are exact in a double and in 15 digits.
MAX_EXACT = 10.0**15


@dataclass
class PrintedFigures:
    """Figures as printed, by the index of their cell.

    Excel numbers of up to six decimals are whole numbers of 10^-places; `plain` holds other figures, `special` those
    with a unit of their own and the approximate ones.
    """

    whole: dict[int, int] = field(default_factory=dict)
    places: int = 0
    plain: dict[int, Decimal] = field(default_factory=dict)
    special: dict[int, Figure] = field(default_factory=dict)
    decimals: Counter[int] = field(default_factory=Counter)

    def all_plain(self) -> dict[int, Decimal]:
        """Return the figures that are neither approximate nor carry a unit."""
        step = Decimal(1).scaleb(-self.places)
        return {index: step * number for index, number in self.whole.items()} | self.plain

    def printed_decimals(self, unit: Unit | None) -> int | None:
        """Return the places of a column in its unit: the most among figures of up to six; longer ones are computed.

        Where each cell names a unit of its own or is approximate, the coarsest of these units decides; its places are
        negative where it is larger than the column's, or than 万元 if the column has none: 1.2亿元 has -3.
        """
        if self.decimals:
            return _most_places(self.decimals)
        base = unit.factor if unit else Decimal(1)
        places: dict[Decimal, list[int]] = {}
        for figure in self.special.values():
            factor = figure.unit.factor if figure.unit else base
            places.setdefault(factor, []).append(figure.decimals)
        return min((_most_places(own) - (factor / base).adjusted() for factor, own in places.items()), default=None)


def _most_places(places: Iterable[int]) -> int:
    """Return the most places of up to six, which is also what longer ones count as."""
    return max((count for count in places if count <= MAX_PRINTED_DECIMALS), default=MAX_PRINTED_DECIMALS)


def read_printed(cells: Cells, read: Callable[[str], Figure | None] = read_figure) -> PrintedFigures:
    """Read a column's figures as printed; what is no figure is noted and left out, as are empty cells.

    `read` reads one text: the figure, None for a mark for none, UnreadableFigureError for anything else.
    """
    printed = PrintedFigures()
    kinds = set(map(type, cells.values))
    if kinds == {float}:
        _take_floats(range(len(cells.values)), cells.values, printed)
    elif float in kinds:
        indexes = [index for index, value in enumerate(cells.values) if type(value) is float]
        _take_floats(indexes, [cells.values[index] for index in indexes], printed)
    if kinds - {float} and any(cells.values):
        _take_texts(cells, printed, read)
    return printed


def _take_floats(indexes: Sequence[int], floats: Sequence[Any], printed: PrintedFigures) -> None:
    """Turn Excel numbers into decimals: k / 10^d equals the double exactly for the decimals that were typed."""
    array = np.array(floats, dtype=np.float64)
    for places in range(MAX_PRINTED_DECIMALS + 1):
        scale = 10.0**places
        whole = np.rint(array * scale)
        if (whole / scale == array).all():
            if np.abs(whole).max() >= MAX_EXACT:
                break
            printed.whole, printed.places = dict(zip(indexes, whole.astype(np.int64).tolist(), strict=True)), places
            printed.decimals[places] += len(floats)
            return
    for index, number in zip(indexes, floats, strict=True):
        figure = figure_of_float(number)
        printed.plain[index] = figure.value
        printed.decimals[figure.decimals] += 1


def _take_texts(cells: Cells, printed: PrintedFigures, read: Callable[[str], Figure | None]) -> None:
    """Read the cells that are no plain numbers, each distinct text once."""
    known: dict[str, Figure | None] = {}
    for index, value in enumerate(cells.values):
        if type(value) is float or value == "":
            continue
        try:
            if isinstance(value, str):
                if value not in known:
                    known[value] = read(value)
                figure = known[value]
            elif isinstance(value, int) and not isinstance(value, bool):
                figure = Figure(Decimal(value), 0)
            else:
                raise UnreadableFigureError(str(value))
        except UnreadableFigureError:
            cells.note("number_unreadable", index, value)
            continue
        if figure is not None:
            _take_figure(index, figure, printed)


def _take_figure(index: int, figure: Figure, printed: PrintedFigures) -> None:
    if figure.unit or figure.approximate:
        printed.special[index] = figure
    else:
        printed.plain[index] = figure.value
        printed.decimals[figure.decimals] += 1


def store_figures(cells: Cells, printed: PrintedFigures, unit: Unit | None) -> list[Decimal | int | None]:
    """Convert printed figures to the stored unit; without a known unit only those that carry their own are kept."""
    stored: list[Decimal | int | None] = [None] * len(cells.values)
    finish = finisher(cells)
    if unit is not None:
        factor = unit.factor
        _store_whole(cells, printed, factor, stored)
        for index, value in printed.plain.items():
            stored[index] = finish(index, value if factor == 1 else value * factor)
    for index, figure in printed.special.items():
        own = figure.unit or unit
        if own is None:
            continue
        if own.kind != cells.column.type.value:
            cells.note("cell_unit_unfit", index, cells.values[index])
            continue
        stored[index] = taken = finish(index, figure.value * own.factor)
        if taken is None:
            continue
        shown = plain(Decimal(taken))
        if figure.approximate:
            cells.note("number_approximate", index, cells.values[index], taken=f"{shown}{cells.column.unit}")
        elif own != unit:
            cells.note("unit_in_cell", index, cells.values[index], taken=shown, unit=cells.column.unit)
        else:
            printed.decimals[figure.decimals] += 1
    return stored


def _store_whole(cells: Cells, printed: PrintedFigures, factor: Decimal, stored: list[Decimal | int | None]) -> None:
    """Store Excel numbers: at once where all of them surely fit, else one by one."""
    step = factor.scaleb(-printed.places)
    largest = max(map(abs, printed.whole.values()), default=0)
    if cells.column.type is ColumnType.COUNT:
        if step == 1 and largest <= MAX_COUNT:
            for index, number in printed.whole.items():
                stored[index] = number
            return
    elif places_of(step) <= MAX_PRINTED_DECIMALS and step * largest < MAX_STORED:
        for index, number in printed.whole.items():
            stored[index] = step * number
        return
    finish = finisher(cells)
    for index, number in printed.whole.items():
        stored[index] = finish(index, step * number)


def finisher(cells: Cells) -> Callable[[int, Decimal], Decimal | int | None]:
    """Return what makes a stored figure of a printed one, or notes why it cannot be stored."""

    def amount(index: int, value: Decimal) -> Decimal | None:
        if abs(value) >= MAX_STORED:
            cells.note("number_too_large", index, cells.values[index])
            return None
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -MAX_PRINTED_DECIMALS:
            return value.quantize(STORED_PLACES, ROUND_HALF_UP)
        return value

    def count(index: int, value: Decimal) -> int | None:
        whole = int(value)
        if whole != value or abs(whole) > MAX_COUNT:
            message = "count_not_whole" if whole != value else "number_too_large"
            cells.note(message, index, cells.values[index])
            return None
        return whole

    return count if cells.column.type is ColumnType.COUNT else amount

"""A column of figures whose unit stands in another column of their row: 120亩, 100亿元, 40%, or the bare number."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from taizhang.codelists import CodeList, code_list, quantity_units
from taizhang.decimals import plain
from taizhang.dictionary import Sheet
from taizhang.reading.cells import Cells
from taizhang.reading.figures import PrintedFigures, finisher
from taizhang.reading.numbers import Figure, UnreadableFigureError, places_of, read_figure
from taizhang.reading.precision import half_width
from taizhang.reading.text import squeeze
from taizhang.reading.vocabulary import Unit, vocabulary

UNITS = "quantity_unit"
PERCENT = "percent"
STORED_MONEY = "wan_yuan"
_ONE, _HUNDRED = Decimal(1), Decimal(100)
Stored = list[Decimal | int | None]


def unit_column(sheet: Sheet) -> str | None:
    """Name of the column that states the unit of the sheet's quantities; None if there is none."""
    return next((column.name for column in sheet.columns if column.code_list == UNITS), None)


@cache
def _units() -> CodeList:
    return code_list(UNITS)


@cache
def _names() -> tuple[str, ...]:
    """All names of units, the longest first."""
    return tuple(sorted(_units().aliases, key=lambda name: (-len(name), name)))


def read_quantity(text: str) -> Figure | None:
    """Read a figure with or without a unit of the code list quantity_unit; its unit then bears the unit's code.

    None for a mark for none; UnreadableFigureError for anything else.
    """
    body = squeeze(text)
    words = vocabulary().approximate_suffixes
    tail = next((word for word in words if body.endswith(word) and len(body) > len(word)), "")
    inner = body.removesuffix(tail)
    named = next((name for name in _names() if inner.endswith(name)), "")
    head = _bare(inner.removesuffix(named) + tail) if named else None
    if head is not None:
        return replace(head, unit=_unit(_units().aliases[named]))
    figure = read_figure(text)
    return figure if figure is None or figure.unit is None else _in_code(figure, text)


def _bare(text: str) -> Figure | None:
    """Read a figure without a unit; None when the text is anything else."""
    try:
        figure = read_figure(text)
    except UnreadableFigureError:
        return None
    return None if figure is None or figure.unit else figure


def _in_code(figure: Figure, text: str) -> Figure:
    """The same figure with its unit as the code list calls it; money in other units becomes 万元."""
    unit = figure.unit
    code = _units().code_of(unit.unit) if unit else None
    if code:
        return replace(figure, unit=_unit(code))
    if unit is None or unit.kind != "amount":
        raise UnreadableFigureError(text)
    places = figure.decimals - unit.factor.adjusted()
    return replace(figure, value=figure.value * unit.factor, decimals=places, unit=_unit(STORED_MONEY))


def _unit(code: str) -> Unit:
    return Unit(code, "quantity", quantity_units()[code].factor)


def store_quantities(
    cells: Cells, printed: PrintedFigures, codes: Sequence[object]
) -> tuple[Stored, dict[int, Decimal]]:
    """Return the figures in the unit that their row states, and the half width of each.

    `codes` are the units of the rows. A figure in a unit of the same kind is converted and noted; one that does not fit
    is noted and left out. Each figure is as fine as its own digits: a column of many units has no common places.
    """
    stored: Stored = [None] * len(cells.values)
    halves: dict[int, Decimal] = {}
    finish = finisher(cells)
    by_format = cells.grid.shown_as_percent(cells.place)
    for index, value in printed.all_plain().items():
        factor = _ONE
        if cells.rows[index] in by_format and isinstance(cells.values[index], float):
            if codes[index] != PERCENT:
                cells.note("cell_unit_unfit", index, cells.values[index])
                continue
            factor = _HUNDRED
        stored[index] = finish(index, value * factor)
        halves[index] = half_width(_places(cells.values[index], value), factor)
    for index, figure in printed.special.items():
        known = factor_between(figure.unit, codes[index])
        if known is None:
            cells.note("cell_unit_unfit", index, cells.values[index])
            continue
        stored[index] = taken = finish(index, figure.value * known)
        halves[index] = half_width(figure.decimals, known)
        if taken is not None and figure.approximate:
            cells.note("number_approximate", index, cells.values[index], taken=plain(Decimal(taken)))
        elif taken is not None and known != 1:
            unit = _units().names[str(codes[index])]
            cells.note("unit_in_cell", index, cells.values[index], taken=plain(Decimal(taken)), unit=unit)
    return stored, halves


def factor_between(unit: Unit | None, code: object) -> Decimal | None:
    """What leads from a cell's unit to the unit of its row; None when one cannot be turned into the other."""
    if unit is None:
        return _ONE
    own, wanted = quantity_units().get(unit.unit), quantity_units().get(str(code))
    if own is None or wanted is None or own.base_unit != wanted.base_unit:
        return None
    return own.factor / wanted.factor


def _places(written: object, value: Decimal) -> int:
    """How many places a figure shows: a text all of them, a number those that are not zero."""
    return places_of(value) if isinstance(written, str) else places_of(value.normalize() if value else _ONE)

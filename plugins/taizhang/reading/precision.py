"""How finely single figures are printed, where that is not how their column is printed."""

from decimal import Decimal

from taizhang.reading.figures import PrintedFigures
from taizhang.reading.numbers import MAX_PRINTED_DECIMALS, places_of
from taizhang.reading.vocabulary import Unit

_ONE = Decimal(1)


def half_width(decimals: int, factor: Decimal) -> Decimal:
    """Return half of the last printed place in the stored unit."""
    return Decimal(5).scaleb(-decimals - 1) * factor


def half_widths_of_cells(printed: PrintedFigures, unit: Unit | None) -> dict[int, Decimal]:
    """Return the half widths of figures that name another unit than their column or are approximate: 1.2亿元, 约12."""
    halves = {}
    for index, figure in printed.special.items():
        own = figure.unit or unit
        if own is not None and (figure.approximate or own != unit):
            halves[index] = half_width(figure.decimals, own.factor)
    return halves


def half_widths_of_totals(printed: PrintedFigures, unit: Unit | None) -> dict[int, Decimal]:
    """Return the half width of each total by its own digits: people round a total more than its detail."""
    factor = unit.factor if unit else _ONE
    halves = {}
    for index, value in printed.all_plain().items():
        # A whole number has no decimals; how many of its zeros are rounded nobody can tell.
        shown = min(places_of(value.normalize() if value else _ONE), MAX_PRINTED_DECIMALS)
        halves[index] = half_width(shown, factor)
    for index, figure in printed.special.items():
        halves[index] = half_width(figure.decimals, figure.unit.factor if figure.unit else factor)
    return halves

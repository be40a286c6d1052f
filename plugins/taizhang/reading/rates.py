"""A column of rates: percent or fraction? Decided from signs, formats and the figures that the rate is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from taizhang.codelists import partitions
from taizhang.dictionary import ColumnType
from taizhang.reading.cells import Cells
from taizhang.reading.figures import MAX_STORED, STORED_PLACES, PrintedFigures
from taizhang.reading.numbers import MAX_PRINTED_DECIMALS, places_of
from taizhang.reading.precision import half_width
from taizhang.reading.vocabulary import Unit

PERCENT, FRACTION = Decimal(1), Decimal(100)
# A printed rate supports a scale when it lies within this share, or this many percent, of numerator / denominator.
TOLERANCE = Decimal("0.06")
SLACK = {PERCENT: Decimal("0.05"), FRACTION: Decimal("0.5")}
# Votes for one scale must outnumber those for the other this often.
MAJORITY = 3
# So many votes for one scale, with none for the other, settle it.
ENOUGH_VOTES = 50
# A fraction would have to mean more than this many times; so much growth is printed in times, not as a fraction.
IMPLAUSIBLE_FRACTION = Decimal(10)
IMPLAUSIBLE_GROWTH = Decimal(1)
# The breakdown of which the only class is everything.
WHOLE = "total"


@dataclass
class RateColumn:
    """What reading a rate column yields: percents, the places in which they are printed, and single half widths."""

    values: list[Decimal | None]
    decimals: int | None
    scale_known: bool
    half_widths: dict[int, Decimal]


def read_rates(
    cells: Cells,
    printed: PrintedFigures,
    unit: Unit | None,
    parts: tuple[list[Decimal | int | None], list[Decimal | int | None]] | None,
) -> RateColumn:
    """Turn printed rates into percent; `parts` are the stored numerators and denominators of the same rows.

    A sign or a percent format in the cell decides for that cell; for the others the column decides by its evidence.
    """
    plain = printed.all_plain()
    by_format = cells.grid.shown_as_percent(cells.place) if plain else frozenset()
    stored: dict[int, tuple[Decimal, int]] = {}
    open_cells: dict[int, Decimal] = {}
    for index, value in plain.items():
        if cells.rows[index] in by_format and isinstance(cells.values[index], float):
            stored[index] = scaled_cell(printed, index, value, FRACTION)
        else:
            open_cells[index] = value
    _take_signed(cells, printed, stored, open_cells)
    implausible = IMPLAUSIBLE_GROWTH if cells.column.type is ColumnType.GROWTH else IMPLAUSIBLE_FRACTION
    scale = decide_scale(open_cells, parts, unit, implausible) if any(open_cells.values()) else PERCENT
    if scale is not None:
        scale = unit.factor if unit and unit.unit == "‰" else scale
        scales = dict.fromkeys(open_cells, scale)
    else:
        scales = _scales_of_cells(open_cells, parts)
    stored |= {index: scaled_cell(printed, index, open_cells[index], scale) for index, scale in scales.items()}
    return finish(cells, stored, by_format, len(scales) == len(open_cells))


def _scales_of_cells(
    values: dict[int, Decimal], parts: tuple[list[Decimal | int | None], list[Decimal | int | None]] | None
) -> dict[int, Decimal]:
    """Return the scale of each rate where a column mixes 85 and 0.85 and each has its own proof, else {}.

    A rate that is wrong at either scale gets the one at which it is nearer, for the rules to refuse.
    """
    scales: dict[int, Decimal] = {}
    for index, value in values.items() if parts else ():
        own = [part[index] for part in parts or ()]
        supported = list(_supported(value, *own)) or list(_nearer(value, *own))
        if value and len(supported) != 1:
            return {}
        scales[index] = supported[0] if value else PERCENT
    return scales


def _nearer(value: Decimal, numerator: Decimal | int | None, denominator: Decimal | int | None) -> Iterable[Decimal]:
    """Yield the scale at which a printed rate is nearer, as a ratio, to numerator / denominator."""
    if numerator is not None and denominator:
        yield PERCENT if 10 * abs(value) >= abs(Decimal(100) * numerator / denominator) else FRACTION


def _take_signed(
    cells: Cells, printed: PrintedFigures, stored: dict[int, tuple[Decimal, int]], open_cells: dict[int, Decimal]
) -> None:
    """Take the rates that carry a sign (85%, 约85%), or note a unit that no rate has."""
    for index, figure in printed.special.items():
        if figure.unit is None:
            open_cells[index] = figure.value
        elif figure.unit.kind in ("rate", "points"):
            value, places = scaled(figure.value, figure.unit.factor)
            # Growth in times is coarser than one percent.
            stored[index] = (value, min(places, figure.decimals) if figure.decimals < 0 else places)
        else:
            cells.note("cell_unit_unfit", index, cells.values[index])
            continue
        if figure.approximate:
            cells.note("number_approximate", index, cells.values[index], taken=f"{figure.value}")


def decide_scale(
    values: dict[int, Decimal],
    parts: tuple[list[Decimal | int | None], list[Decimal | int | None]] | None,
    unit: Unit | None,
    implausible: Decimal = IMPLAUSIBLE_FRACTION,
) -> Decimal | None:
    """Return by what a column's bare rates are multiplied to be percent, None when nothing tells.

    The figures that the rate is made of come first; then a figure that is no plausible fraction; a stated unit alone
    does not decide, for 占年度计划% is often filled with 0.85.
    """
    votes = {PERCENT: 0, FRACTION: 0}
    for index, value in values.items() if parts else ():
        if max(votes.values()) >= ENOUGH_VOTES and not min(votes.values()):
            break
        for scale in _supported(value, *(part[index] for part in parts or ())):
            votes[scale] += 1
    percent, fraction = votes[PERCENT], votes[FRACTION]
    if percent > MAJORITY * fraction:
        return PERCENT
    if fraction > MAJORITY * percent:
        return FRACTION
    largest = max(map(abs, values.values()))
    if not percent and not fraction and (largest > implausible or (unit and unit.unit == "‰")):
        return PERCENT
    return None


def scaled(value: Decimal, scale: Decimal) -> tuple[Decimal, int]:
    """Return the percentage and its printed places: 0.85 is 85 with none, 12‰ is 1.2 with one."""
    percent = value * scale
    return percent, max(0, places_of(percent) - (2 if scale == FRACTION else 0))


def scaled_cell(printed: PrintedFigures, index: int, value: Decimal, scale: Decimal) -> tuple[Decimal, int]:
    """Scale one cell: an Excel number has the places of its column, which need not be counted again."""
    if index not in printed.whole or scale not in SLACK:
        return scaled(value, scale)
    if scale == PERCENT:
        return value, printed.places
    return value * scale, max(0, printed.places - 2)


def breakdown_wholes(
    breakdowns: Sequence[object], figures: Sequence[Decimal | int | None]
) -> list[Decimal | int | None]:
    """Return for each class the whole that is broken down: the class 合计, else the sum of classes if none overlap.

    None where there is neither, or where a class that counts has no figure.
    """
    sums: dict[object, Decimal | int | None] = {}
    for code, figure in zip(breakdowns, figures, strict=True):
        known = sums.get(code, 0)
        sums[code] = None if known is None or figure is None else known + figure
    if list(breakdowns).count(WHOLE) == 1:
        return [sums[WHOLE]] * len(breakdowns)
    return [sums.get(code) if code in partitions() else None for code in breakdowns]


def _supported(value: Decimal, numerator: Decimal | int | None, denominator: Decimal | int | None) -> Iterable[Decimal]:
    """Yield the scales at which a printed rate is about numerator / denominator."""
    if not value or not numerator or not denominator:
        return
    expected = Decimal(100) * numerator / denominator
    for scale, slack in SLACK.items():
        if abs(value * scale / expected - 1) <= TOLERANCE or abs(value * scale - expected) <= slack:
            yield scale


def finish(
    cells: Cells, stored: dict[int, tuple[Decimal, int]], by_format: frozenset[int], scale_known: bool
) -> RateColumn:
    """Make a column of percentages and their places, by the index of their cell; too large ones are noted."""
    values: list[Decimal | None] = [None] * len(cells.values)
    places = []
    for index, (value, decimals) in stored.items():
        if abs(value) >= MAX_STORED:
            cells.note("number_too_large", index, cells.values[index])
            continue
        places.append(decimals)
        values[index] = value.quantize(STORED_PLACES, ROUND_HALF_UP) if decimals > MAX_PRINTED_DECIMALS else value
    short = [count for count in places if count <= MAX_PRINTED_DECIMALS]
    printed = (max(short) if short else MAX_PRINTED_DECIMALS) if places else None
    return RateColumn(values, printed, scale_known, _own_half_widths(cells, stored, by_format, printed or 0))


def _own_half_widths(
    cells: Cells, stored: dict[int, tuple[Decimal, int]], by_format: frozenset[int], printed: int
) -> dict[int, Decimal]:
    """Return the half widths of rates with surely fewer places than their column has.

    A text shows its zeros. A number that lacks one place may end in a zero that Excel hides; one that lacks two is
    taken as rounded, unless a percent format says how it is printed.
    """
    halves: dict[int, Decimal] = {}
    if printed < 2 and str not in set(map(type, cells.values)):
        return halves
    # A number that is no multiple of this lacks less than two places; most are none, and counting is slow.
    rounded = Decimal(1).scaleb(2 - printed)
    for index, (value, decimals) in stored.items():
        is_text = isinstance(cells.values[index], str)
        if not is_text and (printed < 2 or (abs(value) < MAX_STORED and value % rounded)):
            continue
        shown = decimals if is_text else places_of(value.normalize() if value else PERCENT)
        if shown < printed if is_text else shown <= printed - 2 and cells.rows[index] not in by_format:
            halves[index] = half_width(shown, PERCENT)
    return halves

"""Figures for tests, by value and half width."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import count

from taizhang.report_audit.model import Figure, Interval, Span

_NUMBERS = count(1)


def figure_of(value: Decimal | int | str, half: Decimal | int | str = 0, unit: str = "万元", places: int = 0) -> Figure:
    number = Decimal(value)
    width = Decimal(half)
    interval = Interval(number - width, number + width) if width else Interval.exactly(number)
    place = next(_NUMBERS)
    return Figure(f"f{place}", f"{number}{unit}", Span(place, place + 1), number, unit, places, interval, "amount")


def printed(true: Decimal, places: int, unit: str = "万元", *, cut: bool = False) -> Figure:
    """A true value as a report would print it, rounded half away from zero or cut off."""
    step = Decimal(1).scaleb(-places)
    return figure_of(true.quantize(step, ROUND_DOWN if cut else ROUND_HALF_UP), step / 2, unit, places)

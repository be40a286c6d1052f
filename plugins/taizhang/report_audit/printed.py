"""What values a printed figure may mean: [v - h, v + h) by its decimals, or what the words around it make of that."""

from decimal import Decimal

from taizhang.report_audit.model import INFINITE, Interval
from taizhang.report_audit.wording import Unit

HALF = Decimal("0.5")
# 约420: as far as a rounder figure would be off, and no less than this share of it.
ABOUT_SHARE = Decimal("0.05")
COUNTED = frozenset({"count", "people", "things", "events"})


def printed_interval(stored: Decimal, decimals: int, unit: Unit) -> Interval:
    """The interval of a figure with `decimals` printed places of `unit`, in the stored unit; whole pieces are exact."""
    if unit.kind in COUNTED and decimals == 0 and unit.factor == 1 and not unit.unit.startswith("万"):
        return Interval.exactly(stored)
    half = HALF * Decimal(10) ** -decimals * unit.factor
    return Interval(stored - half, stored + half)


def bounded(interval: Interval, value: Decimal, bound: str | None) -> Interval:
    """Widen an interval by the words around the figure: 约, 近, 超, 以上, 余, 以下."""
    if bound in (None, "range"):
        return interval
    step = _last_place(value)
    if bound == "about":
        width = max(step * HALF, abs(value) * ABOUT_SHARE, interval.high - value)
        return Interval(value - width, value + width, has_high=True)
    if bound == "nearly":
        width = max(step, abs(value) * ABOUT_SHARE)
        return Interval(value - width, max(value, interval.high), has_high=True)
    if bound == "odd":
        return Interval(value, value + step)
    if bound == "over":
        return Interval(value, INFINITE, has_high=True)
    return Interval(min(Decimal(0), value), value, has_high=True)


def _last_place(value: Decimal) -> Decimal:
    """One in the last place of a figure that is not zero: 420 has 10, 260.5 has 0.1."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)

"""Exact interval arithmetic over printed figures: what a sum, a difference or a quotient of them may be.

The same convention as the gate's SQL (quality/intervals.py): a figure v printed to half width h means [v - h, v + h),
cut off instead of rounded [v, v + 2h), a count exactly v. Bounds are fractions, so that no digit is lost to a division;
only an infinite bound is a float.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from math import inf

from taizhang.report_audit.model import Figure, Interval

Number = Fraction | float
# Bounds that are shown are rounded outwards to so many decimals.
SHOWN = Decimal("0.000001")
_PRECISION = 60


@dataclass(frozen=True)
class Reach:
    """The values from `low` to `high`; whether the ends belong to it is said apart. It may hold nothing."""

    low: Number
    high: Number
    has_low: bool = True
    has_high: bool = True

    @classmethod
    def of(cls, interval: Interval) -> "Reach":
        """The reach of a printed figure's interval."""
        return cls(_number(interval.low), _number(interval.high), True, interval.has_high)

    @classmethod
    def exactly(cls, value: Fraction | int) -> "Reach":
        """The reach of one value."""
        return cls(Fraction(value), Fraction(value))

    @property
    def is_empty(self) -> bool:
        """True when no value lies in it."""
        return self.low > self.high or (self.low == self.high and not (self.has_low and self.has_high))

    def __contains__(self, value: Fraction) -> bool:
        above = self.low < value or (self.low == value and self.has_low)
        return above and (value < self.high or (value == self.high and self.has_high))

    def __add__(self, other: "Reach") -> "Reach":
        return Reach(
            self.low + other.low,
            self.high + other.high,
            self.has_low and other.has_low,
            self.has_high and other.has_high,
        )

    def __neg__(self) -> "Reach":
        return Reach(-self.high, -self.low, self.has_high, self.has_low)

    def __sub__(self, other: "Reach") -> "Reach":
        return self + (-other)

    def __mul__(self, other: "Reach") -> "Reach":
        corners = [
            (_times(left, right), has_left and has_right)
            for left, has_left in self._ends()
            for right, has_right in other._ends()
        ]
        return _spanning(corners)

    def over(self, other: "Reach") -> "Reach | None":
        """The quotient; None when the divisor may be zero or below."""
        if other.low < 0 or (other.low == 0 and other.has_low):
            return None
        return self * Reach(_one_over(other.high), _one_over(other.low), other.has_high, other.has_low)

    def times(self, factor: int | Fraction) -> "Reach":
        """Every value times a number."""
        return self * Reach.exactly(factor)

    def meet(self, other: "Reach") -> "Reach":
        """The values that lie in both."""
        low, has_low = max(self._low_end(), other._low_end(), key=lambda end: (end[0], not end[1]))
        high, has_high = min(self._high_end(), other._high_end(), key=lambda end: (end[0], end[1]))
        return Reach(low, high, has_low, has_high)

    def meets(self, other: "Reach") -> bool:
        """True when some value lies in both."""
        return not self.meet(other).is_empty

    def can_be_at_most(self, other: "Reach") -> bool:
        """True when some value of this one is not above some value of the other."""
        return self.low < other.high or (self.low == other.high and self.has_low and other.has_high)

    def as_interval(self) -> Interval:
        """The interval that is shown, its bounds rounded outwards."""
        low, high = _shown(self.low, ROUND_FLOOR), _shown(self.high, ROUND_CEILING)
        return Interval(low, high, self.has_high or low == high)

    def _low_end(self) -> tuple[Number, bool]:
        return self.low, self.has_low

    def _high_end(self) -> tuple[Number, bool]:
        return self.high, self.has_high

    def _ends(self) -> tuple[tuple[Number, bool], tuple[Number, bool]]:
        return self._low_end(), self._high_end()


NOTHING = Reach(Fraction(1), Fraction(0))
# How a printed figure is taken: as rounded or as cut off.
Reading = Callable[[Figure], Reach]


def total(reaches: Iterable[Reach]) -> Reach:
    """The sum of reaches: half widths add up."""
    whole = Reach.exactly(0)
    for reach in reaches:
        whole = whole + reach
    return whole


def hull(reaches: Iterable[Reach]) -> Reach:
    """The smallest reach that holds all of the given ones."""
    return _spanning([end for reach in reaches for end in reach._ends()])


def rounded(figure: Figure) -> Reach:
    """A figure as rounded to its printed digits; halves below zero are rounded away from zero by most programs."""
    reach = Reach.of(figure.interval)
    if figure.value < 0 and reach.low != reach.high:
        return Reach(reach.low, reach.high, True, True)
    return reach


def as_printed(figure: Figure) -> Reach:
    """A figure as the one value that stands there, for showing what comes of it."""
    return Reach.exactly(Fraction(figure.value))


def cut(figure: Figure) -> Reach:
    """A figure as cut off behind its printed digits, towards zero; 约 and 超 are not cut off."""
    reach = Reach.of(figure.interval)
    value = Fraction(figure.value)
    is_rounded = reach.low < value < reach.high and reach.high - value == value - reach.low
    if figure.is_approximate or not is_rounded:
        return reach
    width = reach.high - reach.low
    if value == 0:
        return Reach(-width, width, False, False)
    if value < 0:
        return Reach(value - width, value, False, True)
    return Reach(value, value + width, True, False)


def _number(value: Decimal) -> Number:
    if value.is_infinite():
        return inf if value > 0 else -inf
    return Fraction(value)


def _times(left: Number, right: Number) -> Number:
    return Fraction(0) if 0 in (left, right) else left * right


def _one_over(value: Number) -> Number:
    if value == 0:
        return inf
    return Fraction(0) if value == inf else 1 / value


def _spanning(ends: list[tuple[Number, bool]]) -> Reach:
    low, high = min(end for end, _ in ends), max(end for end, _ in ends)
    return Reach(low, high, any(has for end, has in ends if end == low), any(has for end, has in ends if end == high))


def _shown(value: Number, rounding: str) -> Decimal:
    if isinstance(value, float):
        return Decimal(value)
    with localcontext() as context:
        context.prec, context.rounding = _PRECISION, rounding
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(SHOWN)

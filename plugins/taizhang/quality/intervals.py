"""Interval arithmetic as SQL: the one place where a printed figure becomes [v - h, v + h).

A figure v with half width h means [v - h, v + h); h = 0 means exactly v (counts). Cut off instead of rounded it means
[v, v + 2h). Every function takes and returns SQL text over unqualified columns; all of it is three-valued: NULL when a
value or a half width is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """SQL of a figure and of its half width."""

    value: str
    half: str

    @property
    def low(self) -> str:
        """Lower end, part of the interval."""
        return f"({self.value} - {self.half})"

    @property
    def high(self) -> str:
        """Upper end, part of the interval only when the half width is zero."""
        return f"({self.value} + {self.half})"


def column(name: str) -> Interval:
    """The interval of a judged column, whose half width stands in `<name>_h`."""
    return Interval(name, f"{name}_h")


def total(parts: Sequence[Interval]) -> Interval:
    """The sum of intervals: half widths add up."""
    return Interval(
        f"({' + '.join(part.value for part in parts)})",
        f"({' + '.join(part.half for part in parts)})",
    )


def truncated(figure: Interval) -> Interval:
    """The figure read as cut off instead of rounded: [v, v + 2h)."""
    return Interval(f"({figure.value} + {figure.half})", figure.half)


def meets(left: Interval, right: Interval) -> str:
    """True when some value lies in both intervals."""
    gap, slack = f"({left.value} - {right.value})", f"({left.half} + {right.half})"
    return f"(abs({gap}) < {slack} or ({gap} = {slack} and {right.half} = 0) or (-{gap} = {slack} and {left.half} = 0))"


def meets_truncated(whole: Interval, parts: Interval) -> str:
    """True when the whole was cut off and meets the parts, be these rounded or cut off as well."""
    cut = truncated(whole)
    return f"({meets(cut, parts)} or {meets(cut, truncated(parts))})"


def apart(left: Interval, right: Interval, distance: str) -> str:
    """True when the two figures certainly lie more than a distance (not negative) apart."""

    def above(higher: Interval, lower: Interval) -> str:
        gap = f"({higher.low} - {lower.high})"
        return f"{gap} > {distance} or ({gap} = {distance} and {lower.half} > 0)"

    return f"({above(left, right)} or {above(right, left)})"


def can_be_at_most(lesser: Interval, greater: Interval) -> str:
    """True when some value of `lesser` is not above some value of `greater`."""
    return f"({lesser.low} < {greater.high} or ({lesser.low} = {greater.high} and {greater.half} = 0))"


def positive(interval: Interval) -> str:
    """True when every value of the interval is above zero, so that one may divide by it."""
    return f"({interval.low} > 0)"


def rate_meets(rate: Interval, numerator: Interval, denominator: Interval) -> str:
    """True when numerator / denominator in percent can print as the rate; NULL unless the denominator is positive.

    Written with products, so that no digit is lost to a division.
    """
    reach = f"(100 * {numerator.high} - least({rate.low} * {denominator.low}, {rate.low} * {denominator.high}))"
    floor = f"(100 * {numerator.low} - greatest({rate.high} * {denominator.low}, {rate.high} * {denominator.high}))"
    reached = f"({reach} > 0 or ({reach} = 0 and {numerator.half} = 0 and ({rate.low} >= 0 or {denominator.half} = 0)))"
    undercut = f"({floor} < 0 or ({floor} = 0 and {rate.half} = 0 and ({rate.high} <= 0 or {denominator.half} = 0)))"
    return f"(case when {positive(denominator)} then {reached} and {undercut} end)"


def rate_meets_truncated(rate: Interval, numerator: Interval, denominator: Interval) -> str:
    """True when the rate was cut off and is numerator / denominator, be these rounded or cut off as well.

    NULL unless the denominator is positive.
    """
    cut = truncated(rate)
    rounded = rate_meets(cut, numerator, denominator)
    both = rate_meets(cut, truncated(numerator), truncated(denominator))
    return f"(case when {positive(denominator)} then {rounded} or {both} end)"


def cut_towards_zero(figure: Interval) -> Interval:
    """The figure of any sign read as cut off instead of rounded: 17.3 is from 17.3 on, -5.2 down from -5.2."""
    value, half = figure.value, figure.half
    return Interval(f"({value} + sign({value}) * {half})", f"(case when {value} = 0 then 2 * {half} else {half} end)")


def gap_meets(gap: Interval, numerator: Interval, denominator: Interval, due: tuple[str, str]) -> str:
    """True when numerator / denominator less due[0] / due[1], in percentage points, can print as the gap.

    A gap has either sign, and programs round halves away from zero: its upper end counts too. Written with products,
    so that a twelfth of the year is exact. NULL unless the denominator is positive; due[1] always is.
    """
    elapsed, whole = due
    rate = Interval(f"({whole} * {gap.value} + 100 * {elapsed})", f"({whole} * {gap.half})")
    times = Interval(f"({whole} * {numerator.value})", f"({whole} * {numerator.half})")
    end = Interval(rate.high, "0")
    return f"({rate_meets(rate, times, denominator)} or {rate_meets(end, times, denominator)})"


def gap_meets_truncated(gap: Interval, numerator: Interval, denominator: Interval, due: tuple[str, str]) -> str:
    """True when the gap was cut off and meets numerator / denominator less the schedule, be these rounded or cut off.

    NULL unless the denominator is positive.
    """
    cut = cut_towards_zero(gap)
    rounded = gap_meets(cut, numerator, denominator, due)
    both = gap_meets(cut, truncated(numerator), truncated(denominator), due)
    return f"(case when {positive(denominator)} then {rounded} or {both} end)"


def certainly_over(numerator: Interval, denominator: Interval, percent: str) -> str:
    """True when numerator / denominator is above a percentage (not negative) whatever the unprinted digits were.

    NULL unless the denominator is positive.
    """
    least = f"(100 * {numerator.low} - {percent} * {denominator.high})"
    certain = f"({least} > 0 or ({least} = 0 and {denominator.half} > 0 and {percent} > 0))"
    return f"(case when {positive(denominator)} then {certain} end)"


def certainly_below(numerator: Interval, denominator: Interval, times: str, share: str) -> str:
    """True when times * numerator < share * denominator whatever the unprinted digits were.

    `times` is above zero, `share` has any sign. NULL unless the denominator is positive.
    """
    most = f"({times} * {numerator.high} - least({share} * {denominator.low}, {share} * {denominator.high}))"
    unattained = f"({numerator.half} > 0 or ({share} < 0 and {denominator.half} > 0))"
    return f"(case when {positive(denominator)} then {most} < 0 or ({most} = 0 and {unattained}) end)"


def certainly_behind(done: Interval, plan: Interval, due: tuple[str, str], points: str) -> str:
    """True when done / plan is certainly more than so many percentage points behind due[0] / due[1].

    Written with products, so that a twelfth of the year is exact. NULL unless the plan is positive.
    """
    elapsed, whole = due
    return certainly_below(done, plan, f"(100 * {whole})", f"(100 * {elapsed} - {points} * {whole})")

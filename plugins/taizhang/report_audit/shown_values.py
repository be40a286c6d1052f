"""Values as the report would print them, and formulas with the figures as printed."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor, inf

from taizhang.decimals import plain
from taizhang.report_audit.model import Figure
from taizhang.report_audit.reach import Reach
from taizhang.report_audit.ties import Implied, Limit, Mixture, Order, Ratio, Sum, Tie, Unprinted
from taizhang.report_audit.wording import Unit, units

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNIT_BEHIND = re.compile(r"[^\d.,，\s]+$")
# Computed values that differ by no more than so many of the last printed place are shown as one.
_ONE_VALUE = 4
# A reach is narrow when it is no wider than this share of its middle.
_NARROW = Fraction(1, 5)


def printed_unit(figure: Figure) -> Unit:
    """The unit that a figure is printed in; in a table, where its column has it, one without a name."""
    read = figure.damage.read_as if figure.damage else figure.text
    found = _UNIT_BEHIND.search(read)
    unit = units().get(found[0]) if found else None
    if unit is not None and unit.stored == figure.unit:
        return unit
    number = _NUMBER.search(read.replace(",", ""))
    if found is None and number and Decimal(number[0]):
        return Unit("", "column", figure.unit, figure.value / Decimal(number[0]))
    return units().get(figure.unit) or Unit(figure.unit, "other", figure.unit, Decimal(1))


def shown(value: Fraction, like: Figure) -> str:
    """A value of the stored unit as it would be printed in the place of a figure: its unit and decimals."""
    unit = printed_unit(like)
    printed = value / Fraction(unit.factor)
    places = Decimal(1).scaleb(-max(like.decimals, 0))
    number = (Decimal(printed.numerator) / Decimal(printed.denominator)).quantize(places, ROUND_HALF_UP)
    return f"{number:f}{unit.unit}"


def shown_reach(reach: Reach, like: Figure) -> str:
    """What others give for a figure, as it would be printed: one value, or from … to … where that is not one."""
    if isinstance(reach.low, float) or isinstance(reach.high, float):
        bounds = [shown(bound, like) for bound in (reach.low, reach.high) if isinstance(bound, Fraction)]
        return "".join(bounds)
    low, high = shown(reach.low, like), shown(reach.high, like)
    middle = shown((reach.low + reach.high) / 2, like)
    step = Fraction(printed_unit(like).factor) / 10 ** max(like.decimals, 0)
    if low == high or reach.high - reach.low <= _ONE_VALUE * step:
        return middle
    return f"{low.removesuffix(printed_unit(like).unit)}—{high}"


def printed_value(reach: Reach, like: Figure) -> str | None:
    """The middle of a narrow reach as printed in the place of a figure, the nearest of a wide one; None for none."""
    step = Fraction(printed_unit(like).factor) / 10 ** max(like.decimals, 0)
    is_count = like.interval.low == like.interval.high
    half = Fraction(0) if is_count else step / 2
    low = -inf if reach.low == -inf else ceil((reach.low - half) / step)
    high = inf if reach.high == inf else floor((reach.high + half) / step)
    if isinstance(high, int) and half and high * step - half == reach.high and not reach.has_high:
        high -= 1
    if isinstance(low, int) and half and low * step + half == reach.low:
        low += 1
    if low > high:
        return None
    wanted = Fraction(like.value)
    if isinstance(reach.low, Fraction) and isinstance(reach.high, Fraction):
        middle = (reach.low + reach.high) / 2
        wanted = middle if reach.high - reach.low <= abs(middle) * _NARROW else wanted
    nearest = min(max(round(wanted / step), low), high)
    return None if nearest in (inf, -inf) else shown(Fraction(nearest) * step, like)


def formula_of(tie: Tie) -> str:
    """The relation with its figures as printed."""
    if isinstance(tie, Sum):
        taken = "".join(f" − {figure.text}" for figure in tie.taken)
        constant = f" − {plain_number(-tie.constant)}%" if tie.constant else ""
        return f"{' + '.join(figure.text for figure in tie.parts)}{taken}{constant} = {tie.whole.text}"
    if isinstance(tie, Ratio):
        offset = f" − {plain_number(tie.offset)}%" if tie.offset else ""
        return f"{tie.numerator.text} ÷ {tie.denominator.text} × 100%{offset} = {tie.rate.text}"
    if isinstance(tie, Order):
        return f"{tie.lesser.text} ≤ {tie.greater.text}"
    if isinstance(tie, Mixture):
        parts = "、".join(figure.text for figure in tie.parts)
        return f"min({parts}) ≤ {tie.whole.text} ≤ max({parts})"
    if isinstance(tie, Limit):
        return f"{' + '.join(figure.text for figure in tie.shares)} ≤ 100%"
    if isinstance(tie, Unprinted):
        return f"{tie.quotient.numerator.text} ÷ {tie.quotient.rate.text}"
    assert isinstance(tie, Implied), "every shape of ties has its formula"
    pairs = [f"{pair.numerator.text} ÷ {pair.rate.text}" for pair in (tie.whole, *tie.parts)]
    return f"{pairs[0]} = {' + '.join(pairs[1:])}"


def plain_number(value: Fraction) -> str:
    """A number with at most two decimals."""
    return plain((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP))

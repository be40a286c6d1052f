"""Relations as arithmetic: what each says of one figure when the others stand as printed.

Seven shapes are enough for all kinds of `relations.yml`. `sides` gives what is stated and what the others give;
`values_for` the values of one figure with which the relation would hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Protocol

from taizhang.report_audit.model import Figure
from taizhang.report_audit.reach import NOTHING, Reach, Reading, cut, hull, rounded, total

HUNDRED = 100


class Tie(Protocol):
    """A relation between figures that can be recomputed."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures of it, the stated one first."""

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """Return what is stated and what the others give; None when it cannot be recomputed (a divisor of zero)."""

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """Tell whether it can hold; None when it cannot be recomputed."""

    def values_for(self, figure: Figure) -> Reach | None:
        """Return the values of a figure, before rounding, with which it holds; None when that is not one interval."""


@dataclass(frozen=True)
class Sum:
    """whole = sum of parts less what is `taken` away, plus a constant that is no figure (the schedule of a month)."""

    whole: Figure
    parts: tuple[Figure, ...]
    taken: tuple[Figure, ...] = ()
    constant: Fraction = Fraction(0)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """See `Tie`."""
        return (self.whole, *self.parts, *self.taken)

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """See `Tie`."""
        return stated(self.whole), self._sum(others)

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """See `Tie`."""
        return stated(self.whole).meets(self._sum(others))

    def values_for(self, figure: Figure) -> Reach | None:
        """See `Tie`."""
        if figure == self.whole:
            return self._sum(rounded)
        if figure in self.parts:
            return rounded(self.whole) - self._sum(rounded, without=figure)
        return self._sum(rounded, without=figure) - rounded(self.whole)

    def _sum(self, reading: Reading, without: Figure | None = None) -> Reach:
        given = total(reading(part) for part in self.parts if part is not without)
        return given - total(reading(part) for part in self.taken if part is not without) + Reach.exactly(self.constant)


@dataclass(frozen=True)
class Ratio:
    """rate + offset = 100 x numerator / denominator, in percent; growth has the offset 100, a gap that of its month."""

    rate: Figure
    numerator: Figure
    denominator: Figure
    offset: Fraction = Fraction(0)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """See `Tie`."""
        return (self.rate, self.numerator, self.denominator)

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """See `Tie`."""
        quotient = others(self.numerator).times(HUNDRED).over(others(self.denominator))
        return None if quotient is None else (stated(self.rate), quotient - Reach.exactly(self.offset))

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """See `Tie`."""
        sides = self.sides(stated, others)
        return None if sides is None else sides[0].meets(sides[1])

    def values_for(self, figure: Figure) -> Reach | None:
        """See `Tie`."""
        if figure == self.rate:
            sides = self.sides(rounded, rounded)
            return None if sides is None else sides[1]
        rate = rounded(self.rate) + Reach.exactly(self.offset)
        if figure == self.numerator:
            return (rate * rounded(self.denominator)).times(Fraction(1, HUNDRED))
        return rounded(self.numerator).times(HUNDRED).over(rate)


@dataclass(frozen=True)
class Order:
    """lesser <= greater: a later stage, money paid of money received."""

    lesser: Figure
    greater: Figure

    @property
    def figures(self) -> tuple[Figure, ...]:
        """See `Tie`."""
        return (self.lesser, self.greater)

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """See `Tie`."""
        return stated(self.lesser), others(self.greater)

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """See `Tie`."""
        return stated(self.lesser).can_be_at_most(others(self.greater))

    def values_for(self, figure: Figure) -> Reach | None:
        """See `Tie`."""
        if figure == self.lesser:
            greater = rounded(self.greater)
            return Reach(Fraction(0), greater.high, True, greater.has_high)
        return Reach(rounded(self.lesser).low, inf, True, False)


@dataclass(frozen=True)
class Mixture:
    """The rate of a whole lies between the rates of its parts."""

    whole: Figure
    parts: tuple[Figure, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """See `Tie`."""
        return (self.whole, *self.parts)

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """See `Tie`."""
        return stated(self.whole), hull(others(part) for part in self.parts)

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """See `Tie`."""
        return stated(self.whole).meets(hull(others(part) for part in self.parts))

    def values_for(self, figure: Figure) -> Reach | None:
        """See `Tie`."""
        if figure == self.whole:
            return hull(rounded(part) for part in self.parts)
        whole = rounded(self.whole)
        others = hull(rounded(part) for part in self.parts if part != figure)
        if whole.high <= others.low:
            return Reach(-inf, whole.high, False, whole.has_high)
        if whole.low >= others.high:
            return Reach(whole.low, inf, whole.has_low, False)
        return Reach(-inf, inf, False, False)


@dataclass(frozen=True)
class Quotient:
    """A figure and the rate that it is of a denominator that nobody prints."""

    numerator: Figure
    rate: Figure

    def denominator(self, reading: Reading) -> Reach | None:
        """Return what the denominator must be; None when the rate may be zero."""
        return reading(self.numerator).times(HUNDRED).over(reading(self.rate))


@dataclass(frozen=True)
class Implied:
    """The denominator that one rate implies equals the sum of those that the rates of the parts imply."""

    whole: Quotient
    parts: tuple[Quotient, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """See `Tie`."""
        return tuple(figure for pair in (self.whole, *self.parts) for figure in (pair.numerator, pair.rate))

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """See `Tie`."""
        whole = self.whole.denominator(stated)
        parts = [part.denominator(others) for part in self.parts]
        known = [part for part in parts if part is not None]
        return None if whole is None or len(known) < len(parts) else (whole, total(known))

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """See `Tie`."""
        sides = self.sides(stated, others)
        return None if sides is None else sides[0].meets(sides[1])

    def values_for(self, figure: Figure) -> Reach | None:
        """See `Tie`; what is implied blames nobody."""
        return None


@dataclass(frozen=True)
class Limit:
    """Shares of one breakdown are together no more than the whole."""

    shares: tuple[Figure, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """See `Tie`."""
        return self.shares

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """See `Tie`; what is stated is the whole."""
        return Reach.exactly(HUNDRED), total(others(share) for share in self.shares)

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """See `Tie`."""
        return total(others(share) for share in self.shares).can_be_at_most(Reach.exactly(HUNDRED))

    def values_for(self, figure: Figure) -> Reach | None:
        """See `Tie`."""
        rest = total(rounded(share) for share in self.shares if share is not figure)
        return Reach(Fraction(0), HUNDRED - rest.low, True, rest.has_low)


@dataclass(frozen=True)
class Unprinted:
    """A rate of something that the report does not print: nothing to compare, but the denominator follows."""

    quotient: Quotient

    @property
    def figures(self) -> tuple[Figure, ...]:
        """See `Tie`."""
        return (self.quotient.rate, self.quotient.numerator)

    def sides(self, stated: Reading, others: Reading) -> tuple[Reach, Reach] | None:
        """See `Tie`; what is computed is the denominator."""
        below = Quotient(self.quotient.numerator, self.quotient.rate).denominator(others)
        return None if below is None else (stated(self.quotient.rate), below)

    def holds(self, stated: Reading, others: Reading) -> bool | None:
        """See `Tie`; nothing is compared."""
        return None

    def values_for(self, figure: Figure) -> Reach | None:
        """See `Tie`; what is implied blames nobody."""
        return None


READINGS: Sequence[tuple[Reading, Reading]] = ((rounded, rounded), (cut, rounded), (cut, cut), (rounded, cut))


def is_consistent(tie: Tie) -> bool | None:
    """Tell whether figures that were rounded or cut off can be as printed; None when it cannot be recomputed."""
    is_known = False
    for stated, others in READINGS:
        answer = tie.holds(stated, others)
        if answer:
            return True
        is_known |= answer is not None
    return False if is_known else None


def possible_values(ties: Sequence[Tie], figure: Figure) -> Reach:
    """Return the values of a figure with which all of the ties would hold, before rounding."""
    agreed = Reach(-inf, inf, False, False)
    for tie in ties:
        possible = tie.values_for(figure)
        agreed = NOTHING if possible is None else agreed.meet(possible)
    return agreed

"""Ties between cells of one submission, seen from one cell: which values of it would make the tie hold.

All figures are in the stored unit. A tie knows its cells with their half widths; what comes from elsewhere (last month)
is part of its constant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Protocol

from taizhang.quality.slips import Range

HUNDRED = Decimal(100)


class Cell(NamedTuple):
    """A cell of the submission by its meaning."""

    sheet: str
    row_number: int
    column_name: str


@dataclass(frozen=True)
class Printed:
    """A figure and its half width."""

    value: Decimal
    half: Decimal

    @property
    def low(self) -> Decimal:
        """Lower end."""
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        """Upper end."""
        return self.value + self.half


class Tie(Protocol):
    """A relation between cells that holds or does not."""

    @property
    def cells(self) -> frozenset[Cell]:
        """The cells that could be changed."""

    @property
    def suspects(self) -> frozenset[Cell]:
        """The cells that this tie alone may blame."""

    def values_for(self, cell: Cell) -> Range | None:
        """Return the values of the cell with which the tie holds, all others staying; None when there are none."""


@dataclass(frozen=True)
class SumTie:
    """total = sum of parts, and of figures that stand elsewhere; a part that is not among the figures counts as zero.

    `gap` is the total less that sum as they stand, `slack` the sum of all half widths. `parts` are the cells that could
    be changed; where they are `many`, some of them would fit by chance.
    """

    total: Cell
    parts: frozenset[Cell]
    gap: Decimal
    slack: Decimal
    figures: Mapping[Cell, Printed]
    many: bool = False

    @cached_property
    def cells(self) -> frozenset[Cell]:
        """See `Tie`."""
        return self.parts | {self.total}

    @cached_property
    def suspects(self) -> frozenset[Cell]:
        """See `Tie`."""
        return frozenset((self.total,)) if self.many else self.cells

    def values_for(self, cell: Cell) -> Range | None:
        """See `Tie`."""
        value = self.figures[cell].value if cell in self.figures else Decimal(0)
        middle = value + (-self.gap if cell == self.total else self.gap)
        return Range(middle - self.slack, middle + self.slack)


@dataclass(frozen=True)
class RatioTie:
    """rate = 100 x numerator / denominator, in percent."""

    rate: Cell
    numerator: Cell
    denominator: Cell
    figures: Mapping[Cell, Printed]

    @cached_property
    def cells(self) -> frozenset[Cell]:
        """See `Tie`."""
        return frozenset((self.rate, self.numerator, self.denominator))

    @cached_property
    def suspects(self) -> frozenset[Cell]:
        """See `Tie`."""
        return self.cells

    def values_for(self, cell: Cell) -> Range | None:
        """See `Tie`; figures that are not positive are left alone."""
        rate, numerator, denominator = (self.figures[part] for part in (self.rate, self.numerator, self.denominator))
        if cell == self.rate:
            if denominator.low <= 0:
                return None
            low, high = HUNDRED * numerator.low / denominator.high, HUNDRED * numerator.high / denominator.low
            return Range(low - rate.half, high + rate.half)
        if cell == self.numerator:
            low, high = rate.low * denominator.low / HUNDRED, rate.high * denominator.high / HUNDRED
            return Range(low - numerator.half, high + numerator.half)
        if rate.low <= 0 or numerator.low <= 0:
            return None
        low, high = HUNDRED * numerator.low / rate.high, HUNDRED * numerator.high / rate.low
        return Range(low - denominator.half, high + denominator.half)

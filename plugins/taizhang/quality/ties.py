"""Ties between cells of one submission, seen from one cell: which values of it would make the tie hold.

All figures are in the stored unit. A tie knows its cells with their half widths; what comes from elsewhere (last month)
is part of its constant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from taizhang.quality.slips import Range

HUNDRED = Decimal(100)
FEW_PARTS = 8


@dataclass(frozen=True, order=True)
class Cell:
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
    """total = sum of parts + constant; the figures are those that stand in the cells now."""

    total: Cell
    parts: frozenset[Cell]
    figures: Mapping[Cell, Printed]
    constant: Printed = Printed(Decimal(0), Decimal(0))

    @property
    def cells(self) -> frozenset[Cell]:
        """See `Tie`."""
        return self.parts | {self.total}

    @property
    def suspects(self) -> frozenset[Cell]:
        """See `Tie`; among many parts some would fit by chance."""
        return self.cells if len(self.parts) <= FEW_PARTS else frozenset((self.total,))

    @cached_property
    def _slack(self) -> Decimal:
        return self.constant.half + sum((self._figure(cell).half for cell in self.cells), Decimal(0))

    @cached_property
    def _gap(self) -> Decimal:
        parts = self.constant.value + sum((self._figure(part).value for part in self.parts), Decimal(0))
        return self._figure(self.total).value - parts

    def values_for(self, cell: Cell) -> Range | None:
        """See `Tie`."""
        middle = self._figure(cell).value + (-self._gap if cell == self.total else self._gap)
        return Range(middle - self._slack, middle + self._slack)

    def _figure(self, cell: Cell) -> Printed:
        return self.figures.get(cell, Printed(Decimal(0), Decimal(0)))


@dataclass(frozen=True)
class RatioTie:
    """rate = 100 x numerator / denominator, in percent."""

    rate: Cell
    numerator: Cell
    denominator: Cell
    figures: Mapping[Cell, Printed]

    @property
    def cells(self) -> frozenset[Cell]:
        """See `Tie`."""
        return frozenset((self.rate, self.numerator, self.denominator))

    @property
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

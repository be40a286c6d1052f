"""Figures written in another unit than their column: 元 or 亿元 where 万元 is meant."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from taizhang.dictionary import ColumnType
from taizhang.quality.predicates import Arguments, Predicate
from taizhang.quality.row_conditions import literal
from taizhang.reading.vocabulary import vocabulary

Direction = Literal["both", "too_large", "too_small"]
OTHER_UNIT = "其他单位"


def _unit_named(factor: str) -> str:
    """SQL: the unit of amounts that leads to 万元 by a factor."""
    units = {unit.unit: unit.factor for unit in vocabulary().units.values() if unit.kind == ColumnType.AMOUNT}
    named = " ".join(f"when {factor} = {value} then {literal(unit)}" for unit, value in units.items())
    return f"case {named} else {literal(OTHER_UNIT)} end"


@dataclass(frozen=True)
class _Slip:
    """One way in which the figure may have slipped: when it looks so, and by what it was multiplied."""

    test: str
    times: str


class NoUnitSlip(Arguments):
    """The figure does not look like one that was written in another unit.

    It looks so when, divided (too large) or multiplied (too small) by one of the factors, it comes to `at_least` to
    `at_most` times its reference, which it does not as it stands. With `same_row` the reference is a figure of the same
    row, which may be the wrong one of the two.
    """

    column: str
    reference: str
    factors: tuple[Decimal, ...] = Field(min_length=1)
    at_least: Decimal = Field(gt=0)
    at_most: Decimal
    direction: Direction = "both"
    same_row: bool = False

    @model_validator(mode="after")
    def _ranges_do_not_overlap(self) -> Self:
        if not self.at_least < self.at_most < self.at_least * min(self.factors):
            raise ValueError("at_most lies above at_least, by less than the smallest factor")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        factors = (f"{self.column}_factor", *((f"{self.reference}_factor",) if self.same_row else ()))
        return (self.column, self.reference, *factors)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        slips = self._slips()
        times = f"(case {' '.join(f'when {slip.test} then {slip.times}' for slip in slips)} end)"
        values = {
            "proposed": f"({self.column} / {times})",
            "ratio": f"(case when {times} > 1 then {times} else 1 / {times} end)",
        }
        texts = {"written_in": _unit_named(f"{self.column}_factor / {times}")}
        if self.same_row:
            values["other_proposed"] = f"({self.reference} * {times})"
            texts["other_written_in"] = _unit_named(f"{self.reference}_factor * {times}")
        return Predicate(
            failing=" or ".join(slip.test for slip in slips),
            inputs=(self.column, self.reference),
            condition=f"{self.condition} and {self.column} > 0 and {self.reference} > 0",
            values=values,
            texts=texts,
        )

    def _slips(self) -> list[_Slip]:
        low, high = f"{self.reference} * {self.at_least}", f"{self.reference} * {self.at_most}"
        large = [
            _Slip(f"({self.column} between {low} * {factor} and {high} * {factor})", f"{factor}::numeric")
            for factor in self.factors
        ]
        small = [
            _Slip(f"({self.column} * {factor} between {low} and {high})", f"(1 / {factor}::numeric)")
            for factor in self.factors
        ]
        return [*(large if self.direction != "too_small" else []), *(small if self.direction != "too_large" else [])]

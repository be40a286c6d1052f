"""Custom expectation types of the catalogue: rules between printed figures (intervals), dates and earlier months."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from taizhang.quality import intervals
from taizhang.quality.intervals import Interval
from taizhang.quality.predicates import Arguments, Predicate

BlankParts = Literal["unknown", "zero"]


def _is_unreadable(name: str) -> str:
    """SQL: the cell holds something that could not be read."""
    return f"('{name}' = any(coalesce(unread_columns, '{{}}')))"


def _blank_is_zero(name: str) -> Interval:
    """The interval of a part whose empty cell means zero; NULL when the cell could not be read."""
    return Interval(
        f"(case when not {_is_unreadable(name)} then coalesce({name}, 0) end)",
        f"(case when {name} is null then 0 else {name}_h end)",
    )


def _parts(names: tuple[str, ...], blank_parts: BlankParts) -> list[Interval]:
    return [_blank_is_zero(name) if blank_parts == "zero" else intervals.column(name) for name in names]


def _part_columns(names: tuple[str, ...], blank_parts: BlankParts) -> tuple[str, ...]:
    halves = tuple(f"{name}_h" for name in names)
    letters = (*(f"{name}_letter" for name in names), "unread_columns") if blank_parts == "zero" else ()
    return names + halves + letters


def _when_applicable(arguments: "IntervalSumToTie | IntervalAtMost", names: tuple[str, ...]) -> str:
    """SQL: the row condition, and for blank parts that every part has its column and one of them is filled."""
    if arguments.blank_parts == "unknown":
        return arguments.condition
    columns_are_there = " and ".join(f"{name}_letter is not null" for name in names)
    return f"{arguments.condition} and {columns_are_there} and coalesce({', '.join(names)}) is not null"


class IntervalSumToTie(Arguments):
    """The total can be the sum of its parts.

    `blank_parts: zero` takes an empty cell among the parts for zero, as long as one part is filled.
    """

    total: str
    parts: tuple[str, ...] = Field(min_length=1)
    blank_parts: BlankParts = "unknown"

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.total, f"{self.total}_h", *_part_columns(self.parts, self.blank_parts))

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        total, parts = intervals.column(self.total), intervals.total(_parts(self.parts, self.blank_parts))
        zero = self.blank_parts == "zero"
        unreadable = " or ".join(map(_is_unreadable, self.parts)) if zero else "false"
        return Predicate(
            failing=f"not {intervals.meets(total, parts)}",
            inputs=(self.total,) if zero else (self.total, *self.parts),
            condition=_when_applicable(self, self.parts),
            undecidable=unreadable,
            values={"sum": parts.value, "residual": f"({total.value} - {parts.value})"},
        )


class IntervalAtMost(Arguments):
    """The sum of `lesser` can be at most `greater`."""

    lesser: tuple[str, ...] = Field(min_length=1)
    greater: str
    blank_parts: BlankParts = "unknown"

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.greater, f"{self.greater}_h", *_part_columns(self.lesser, self.blank_parts))

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        greater, lesser = intervals.column(self.greater), intervals.total(_parts(self.lesser, self.blank_parts))
        zero = self.blank_parts == "zero"
        return Predicate(
            failing=f"not {intervals.can_be_at_most(lesser, greater)}",
            inputs=(self.greater,) if zero else (self.greater, *self.lesser),
            condition=_when_applicable(self, self.lesser),
            undecidable=" or ".join(map(_is_unreadable, self.lesser)) if zero else "false",
            values={"sum": lesser.value, "excess": f"({lesser.value} - {greater.value})"},
        )


class IntervalRatioToTie(Arguments):
    """The printed rate can be numerator / denominator in percent."""

    rate: str
    numerator: str
    denominator: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        names = (self.rate, self.numerator, self.denominator)
        return names + tuple(f"{name}_h" for name in names)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        rate, numerator, denominator = map(intervals.column, (self.rate, self.numerator, self.denominator))
        return Predicate(
            failing=f"not {intervals.rate_meets(rate, numerator, denominator)}",
            inputs=(self.rate, self.numerator, self.denominator),
            condition=self.condition,
            undecidable=f"not {intervals.positive(denominator)}",
            values={"computed": f"round(100.0 * {self.numerator} / nullif({self.denominator}, 0), 2)"},
        )


class IntervalRatioNotOver(Arguments):
    """Numerator / denominator is not certainly above `over_pct`; beyond `up_to_pct` another check speaks."""

    numerator: str
    denominator: str
    over_pct: Decimal = Field(ge=0)
    up_to_pct: Decimal | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        names = (self.numerator, self.denominator)
        return names + tuple(f"{name}_h" for name in names)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        numerator, denominator = intervals.column(self.numerator), intervals.column(self.denominator)
        failing = intervals.certainly_over(numerator, denominator, format(self.over_pct, "f"))
        if self.up_to_pct is not None:
            beyond = intervals.certainly_over(numerator, denominator, format(self.up_to_pct, "f"))
            failing = f"{failing} and not {beyond}"
        return Predicate(
            failing=failing,
            inputs=(self.numerator, self.denominator),
            condition=self.condition,
            undecidable=f"not {intervals.positive(denominator)}",
            values={"computed": f"round(100.0 * {self.numerator} / nullif({self.denominator}, 0), 2)"},
        )


class DatesInOrder(Arguments):
    """The earlier date can lie before the later one or on the same day; both are dateranges."""

    earlier: str
    later: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.earlier, self.later)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"lower({self.earlier}) >= upper({self.later})",
            inputs=(self.earlier, self.later),
            condition=self.condition,
        )


class DateNotAfter(Arguments):
    """The date, a daterange, can lie on or before the day `limit`."""

    column: str
    limit: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.limit)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"lower({self.column}) > {self.limit}",
            inputs=(self.column, self.limit),
            condition=self.condition,
        )


class NoUnitSlip(Arguments):
    """The figure does not look like the reference figure times or divided by one of the factors.

    It looks so when it lies within `spread` times (or one `spread`-th of) the reference moved by a factor.
    """

    column: str
    reference: str
    factors: tuple[Decimal, ...] = Field(min_length=1)
    spread: Decimal = Field(gt=1)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.reference)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        moved = {
            f"({self.column} between {self.reference} * {factor} / {self.spread}"
            f" and {self.reference} * {factor} * {self.spread})": f"{self.column} / {factor}"
            for factor in self.factors
        } | {
            f"({self.column} * {factor} between {self.reference} / {self.spread}"
            f" and {self.reference} * {self.spread})": f"{self.column} * {factor}"
            for factor in self.factors
        }
        proposed = " ".join(f"when {test} then {value}" for test, value in moved.items())
        return Predicate(
            failing=" or ".join(moved),
            inputs=(self.column, self.reference),
            condition=f"{self.condition} and {self.column} > 0 and {self.reference} > 0",
            values={"proposed": f"(case {proposed} end)"},
        )

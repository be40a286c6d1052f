"""Custom expectation types of the catalogue: rules between printed figures (intervals), dates and earlier months."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from taizhang.quality import intervals
from taizhang.quality.intervals import Interval
from taizhang.quality.predicates import Arguments, Predicate

BlankParts = Literal["unknown", "zero", "cannot_tell"]
Finds = Literal["contradiction", "truncation"]
Side = Literal["both", "short", "over"]


def is_unreadable(name: str) -> str:
    """SQL: the cell holds something that could not be read."""
    return f"('{name}' = any(coalesce(unread_columns, '{{}}')))"


def _blank_is_zero(name: str) -> Interval:
    """The interval of a part whose empty cell means zero; NULL when the cell could not be read."""
    return Interval(
        f"(case when not {is_unreadable(name)} then coalesce({name}, 0) end)",
        f"(case when {name} is null then 0 else {name}_h end)",
    )


def _parts(names: tuple[str, ...], blank_parts: BlankParts) -> list[Interval]:
    return [_blank_is_zero(name) if blank_parts == "zero" else intervals.column(name) for name in names]


def _part_columns(names: tuple[str, ...], blank_parts: BlankParts) -> tuple[str, ...]:
    halves = tuple(f"{name}_h" for name in names)
    letters = (*(f"{name}_letter" for name in names), "unread_columns") if blank_parts == "zero" else ()
    return names + halves + letters


def _inputs(arguments: "IntervalSumToTie | IntervalAtMost", whole: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns without which the rule does not apply."""
    return (whole, *names) if arguments.blank_parts == "unknown" else (whole,)


def _when_applicable(arguments: "IntervalSumToTie | IntervalAtMost", names: tuple[str, ...]) -> str:
    """SQL: the row condition; where parts may be blank, that one is filled; for zeros, that every part has a column."""
    if arguments.blank_parts == "unknown":
        return arguments.condition
    columns = [f"{name}_letter is not null" for name in names] if arguments.blank_parts == "zero" else []
    return " and ".join([arguments.condition, *columns, f"coalesce({', '.join(names)}) is not null"])


def _undecidable(arguments: "IntervalSumToTie | IntervalAtMost", names: tuple[str, ...]) -> str:
    """SQL: a part is not known."""
    match arguments.blank_parts:
        case "zero":
            return " or ".join(map(is_unreadable, names))
        case "cannot_tell":
            return " or ".join(f"{name} is null" for name in names)
        case _:
            return "false"


def tie(finds: Finds, rounded: str, truncated: str) -> str:
    """SQL: true where the tie finds what it looks for.

    A contradiction fits neither way; a truncation fits only when the derived figure was cut off instead of rounded.
    """
    return f"not {rounded} and not {truncated}" if finds == "contradiction" else f"not {rounded} and {truncated}"


class IntervalSumToTie(Arguments):
    """The total can be the sum of its parts.

    `blank_parts: zero` takes an empty cell among the parts for zero, as long as one part is filled; `cannot_tell` says
    then that it cannot be told. `side: short` looks at parts that fall short of the total only, `over` at parts that
    go beyond it. `finds: truncation` looks for totals that fit only because they were cut off instead of rounded.
    """

    total: str
    parts: tuple[str, ...] = Field(min_length=1)
    blank_parts: BlankParts = "unknown"
    side: Side = "both"
    finds: Finds = "contradiction"

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.total, f"{self.total}_h", *_part_columns(self.parts, self.blank_parts))

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        total, parts = intervals.column(self.total), intervals.total(_parts(self.parts, self.blank_parts))
        failing = tie(self.finds, intervals.meets(total, parts), intervals.meets_truncated(total, parts))
        if self.side != "both":
            failing += f" and {total.value} {'>' if self.side == 'short' else '<'} {parts.value}"
        condition, undecidable = _when_applicable(self, self.parts), _undecidable(self, self.parts)
        return Predicate(
            failing=failing,
            inputs=_inputs(self, self.total, self.parts),
            condition=condition if self.finds == "contradiction" else f"{condition} and ({undecidable}) is not true",
            undecidable=undecidable,
            values={
                "sum": parts.value,
                "residual": f"({total.value} - {parts.value})",
                "surplus": f"({parts.value} - {total.value})",
            },
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
        return Predicate(
            failing=f"not {intervals.can_be_at_most(lesser, greater)}",
            inputs=_inputs(self, self.greater, self.lesser),
            condition=_when_applicable(self, self.lesser),
            undecidable=_undecidable(self, self.lesser),
            values={"sum": lesser.value, "excess": f"({lesser.value} - {greater.value})"},
        )


class IntervalRatioToTie(Arguments):
    """The printed rate can be numerator / denominator in percent.

    `finds: truncation` looks for rates that fit only because they were cut off instead of rounded.
    """

    rate: str
    numerator: str
    denominator: str
    finds: Finds = "contradiction"

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        names = (self.rate, self.numerator, self.denominator)
        return names + tuple(f"{name}_h" for name in names)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        figures = [intervals.column(name) for name in (self.rate, self.numerator, self.denominator)]
        possible = intervals.positive(figures[2])
        return Predicate(
            failing=tie(self.finds, intervals.rate_meets(*figures), intervals.rate_meets_truncated(*figures)),
            inputs=(self.rate, self.numerator, self.denominator),
            condition=self.condition if self.finds == "contradiction" else f"{self.condition} and {possible}",
            undecidable=f"not {possible}",
            divisor=self.denominator,
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
            divisor=self.denominator,
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

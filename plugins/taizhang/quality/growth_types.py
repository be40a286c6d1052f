"""Custom expectation types of the catalogue: growth over the year before, and figures beside other statistics."""

from decimal import Decimal

from pydantic import Field

from taizhang.quality import intervals
from taizhang.quality.own_types import Finds, tie
from taizhang.quality.predicates import Arguments, Predicate

# Growth is numerator / denominator less the whole.
_WHOLE = ("1", "1")


class GrowthToTie(Arguments):
    """The printed growth can be numerator / denominator - 1, in percent.

    `finds: truncation` looks for growth that fits only because it was cut off instead of rounded.
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
        growth, now, before = (intervals.column(name) for name in (self.rate, self.numerator, self.denominator))
        possible = intervals.positive(before)
        met = intervals.gap_meets(growth, now, before, _WHOLE)
        cut = intervals.gap_meets_truncated(growth, now, before, _WHOLE)
        return Predicate(
            failing=tie(self.finds, met, cut),
            inputs=(self.rate, self.numerator, self.denominator),
            condition=self.condition if self.finds == "contradiction" else f"{self.condition} and {possible}",
            undecidable=f"not {possible}",
            divisor=self.denominator,
            values={"computed": f"round(100.0 * {self.numerator} / nullif({self.denominator}, 0) - 100, 2)"},
        )


class RatioNotBelow(Arguments):
    """Numerator / denominator is not certainly below a percentage."""

    numerator: str
    denominator: str
    below_pct: Decimal = Field(gt=0)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        names = (self.numerator, self.denominator)
        return names + tuple(f"{name}_h" for name in names)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        numerator, denominator = intervals.column(self.numerator), intervals.column(self.denominator)
        return Predicate(
            failing=intervals.certainly_below(numerator, denominator, "100", format(self.below_pct, "f")),
            inputs=(self.numerator, self.denominator),
            condition=self.condition,
            undecidable=f"not {intervals.positive(denominator)}",
            divisor=self.denominator,
            values={"computed": f"round(100.0 * {self.numerator} / nullif({self.denominator}, 0), 2)"},
        )


class WithinOwnHistory(Arguments):
    """A figure lies within some standard deviations of its own history, of which there is enough to say so."""

    column: str
    mean: str
    deviation: str
    months: str
    at_least: int = Field(ge=3)
    times: Decimal = Field(gt=0)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.mean, self.deviation, self.months)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"abs({self.column} - {self.mean}) > {self.times} * {self.deviation}",
            inputs=(self.column, self.mean, self.deviation),
            condition=f"{self.condition} and {self.months} >= {self.at_least}",
            values={
                "shown": f"round({self.column}, 4)",
                "usual": f"round({self.mean}, 4)",
                "spread": f"round({self.times} * {self.deviation}, 4)",
            },
        )


class SameDirection(Arguments):
    """Two changes do not go into opposite directions; each is 1, -1, or 0 where it may be either."""

    column: str
    other: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.other)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"{self.column} * {self.other} < 0",
            inputs=(self.column, self.other),
            condition=self.condition,
        )

"""Custom expectation types about whole submissions: who signed, when it was filed, what it resembles and adds up."""

from decimal import Decimal

from pydantic import Field

from taizhang.quality import intervals
from taizhang.quality.predicates import Arguments, Predicate


class NoValue(Arguments):
    """The column is empty: it holds something only where there is something to say."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column,)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(failing=f"{self.column} is not null", condition=self.condition)


class NamesDiffer(Arguments):
    """Two persons are named, and not the same one; spaces and the width of characters do not tell persons apart."""

    column: str
    other: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.other)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        name, other = (_compared_name(column) for column in self.columns)
        return Predicate(failing=f"{name} = {other}", inputs=self.columns, condition=self.condition)


def _compared_name(column: str) -> str:
    return f"regexp_replace(normalize({column}, nfkc), '[[:space:]]', '', 'g')"


class DateNotBefore(Arguments):
    """The date, a daterange, can lie on or after the day `limit`."""

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
            failing=f"upper({self.column}) <= {self.limit}",
            inputs=(self.column, self.limit),
            condition=self.condition,
        )


class ShareBelow(Arguments):
    """Of at least `at_least` things less than `below_pct` percent are alike."""

    part: str
    whole: str
    below_pct: Decimal = Field(gt=0, le=100)
    at_least: int = Field(ge=1)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.part, self.whole)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"100 * {self.part} >= {format(self.below_pct, 'f')} * {self.whole}",
            inputs=(self.part, self.whole),
            condition=f"{self.condition} and {self.whole} >= {self.at_least}",
            values={"share": f"round(100.0 * {self.part} / nullif({self.whole}, 0), 1)"},
        )


class RollupToTie(Arguments):
    """The total can be the sum below, as far as all of it is there; where it is not, it cannot be told."""

    total: str
    below: str
    complete: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.total, f"{self.total}_h", self.below, f"{self.below}_h", self.complete)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        total, below = intervals.column(self.total), intervals.column(self.below)
        return Predicate(
            failing=f"case when {self.complete} then not {intervals.meets(total, below)} end",
            inputs=(self.total,),
            condition=f"{self.condition} and ({self.below} is not null or not {self.complete})",
            undecidable=f"not {self.complete}",
            values={"residual": f"({self.total} - {self.below})"},
        )

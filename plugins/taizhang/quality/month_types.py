"""Custom expectation types of the catalogue: what a project's row owes to the same project in earlier months."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from taizhang.quality import intervals
from taizhang.quality.own_types import is_unreadable
from taizhang.quality.predicates import Arguments, Predicate


class StateKept(Arguments):
    """A state that a project had reached last month is not lost: a flag is not false, a date not empty.

    Says nothing when the sheet has no such column; cannot tell when the cell could not be read.
    """

    before: str
    column: str
    lost_when: Literal["false", "empty"]

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.before, self.column, f"{self.column}_letter", "unread_columns")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        unreadable = is_unreadable(self.column)
        lost = f"not {self.column}" if self.lost_when == "false" else f"{self.column} is null"
        reached = f"{self.before} is true" if self.lost_when == "false" else f"{self.before} is not null"
        filled = (self.column,) if self.lost_when == "false" else ()
        return Predicate(
            failing=f"case when not {unreadable} then {lost} end",
            inputs=(f"{self.column}_letter", *filled),
            condition=f"{self.condition} and {reached}",
            undecidable=unreadable,
        )


class ChangeAtMost(Arguments):
    """A figure has not certainly changed since the reference by more than a percentage of it, or an amount.

    Of a reference that may be zero or negative there is no percentage; the amount alone counts then.
    """

    column: str
    reference: str
    over_pct: Decimal = Field(gt=0, lt=100)
    over_amount: Decimal = Field(gt=0)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, f"{self.column}_h", self.reference, f"{self.reference}_h")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        now, before = intervals.column(self.column), intervals.column(self.reference)
        risen = intervals.certainly_over(now, before, format(100 + self.over_pct, "f"))
        fallen = intervals.certainly_below(now, before, "100", format(100 - self.over_pct, "f"))
        by_share = f"({intervals.positive(before)} and ({risen} or {fallen}))"
        return Predicate(
            failing=f"{intervals.apart(now, before, format(self.over_amount, 'f'))} or {by_share}",
            inputs=(self.column, self.reference),
            condition=self.condition,
            values={
                "change": f"({now.value} - {before.value})",
                "change_pct": f"round(100.0 * ({now.value} - {before.value}) / nullif({before.value}, 0), 2)",
            },
        )


class NotStale(Arguments):
    """Figures of several months are not all the same while nothing was completed in this month."""

    same: tuple[str, ...] = Field(min_length=2)
    flow: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (*self.same, self.flow)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        unchanged = [f"{self.same[0]} = {other}" for other in self.same[1:]]
        return Predicate(
            failing=" and ".join([f"{self.flow} = 0", *unchanged]),
            inputs=(*self.same, self.flow),
            condition=self.condition,
        )

"""Custom expectation types of the catalogue: gaps to the schedule, shares of a breakdown, time since a date."""

from decimal import Decimal

from pydantic import Field

from taizhang.quality import intervals
from taizhang.quality.intervals import Interval
from taizhang.quality.own_types import Finds, tie
from taizhang.quality.predicates import Arguments, Predicate
from taizhang.quality.schedule_types import due_by_month


class ScheduleGapToTie(Arguments):
    """The printed gap can be numerator / denominator less the schedule of the month, in percentage points.

    `finds: truncation` looks for gaps that fit only because they were cut off instead of rounded.
    """

    gap: str
    numerator: str
    denominator: str
    finds: Finds = "contradiction"

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        names = (self.gap, self.numerator, self.denominator)
        return (*names, *(f"{name}_h" for name in names), "month_of_year")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        gap, numerator, denominator = (intervals.column(name) for name in (self.gap, self.numerator, self.denominator))
        due = due_by_month()
        possible = intervals.positive(denominator)
        rate = f"100.0 * {self.numerator} / nullif({self.denominator}, 0)"
        schedule = f"100.0 * {due[0]} / {due[1]}"
        return Predicate(
            failing=tie(
                self.finds,
                intervals.gap_meets(gap, numerator, denominator, due),
                intervals.gap_meets_truncated(gap, numerator, denominator, due),
            ),
            inputs=(self.gap, self.numerator, self.denominator),
            condition=self.condition if self.finds == "contradiction" else f"{self.condition} and {possible}",
            undecidable=f"not {possible}",
            divisor=self.denominator,
            values={
                "computed": f"round({rate} - {schedule}, 2)",
                "rate": f"round({rate}, 2)",
                "schedule": f"round({schedule}, 2)",
            },
        )


class IntervalToContain(Arguments):
    """The figure can be a certain value, e.g. the sum of shares 100.

    `finds: truncation` looks for sums that fit only because their parts were cut off instead of rounded.
    """

    column: str
    value: Decimal
    finds: Finds = "contradiction"

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, f"{self.column}_h")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        figure, value = intervals.column(self.column), Interval(format(self.value, "f"), "0")
        return Predicate(
            failing=tie(
                self.finds, intervals.meets(figure, value), intervals.meets(intervals.truncated(figure), value)
            ),
            inputs=(self.column,),
            condition=self.condition,
            values={"residual": f"({figure.value} - {value.value})"},
        )


class DateNotLongerAgo(Arguments):
    """The date, a daterange, does not certainly lie more than `days` before `until`.

    Beyond `up_to_days` another check speaks.
    """

    column: str
    until: str
    days: int = Field(ge=0)
    up_to_days: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.until)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        at_least = f"({self.until} - (upper({self.column}) - 1))"
        beyond = "" if self.up_to_days is None else f" and {at_least} <= {self.up_to_days}"
        return Predicate(
            failing=f"{at_least} > {self.days}{beyond}",
            inputs=(self.column, self.until),
            condition=self.condition,
            values={"days_ago": at_least},
        )

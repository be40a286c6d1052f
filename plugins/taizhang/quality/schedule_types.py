"""Custom expectation types of the catalogue: completion against the schedule of the year."""

from decimal import Decimal

from pydantic import Field

from taizhang.codelists import schedule_curve
from taizhang.quality import intervals
from taizhang.quality.predicates import Arguments, Predicate


def due_by_month() -> tuple[str, str]:
    """SQL: what should be done by the end of the row's month, and of what, so that the share stays exact."""
    curve = schedule_curve()
    elapsed = ", ".join(str(curve[month].elapsed) for month in sorted(curve))
    whole = ", ".join(str(curve[month].whole) for month in sorted(curve))
    return f"(array[{elapsed}]::numeric[])[month_of_year]", f"(array[{whole}]::numeric[])[month_of_year]"


class NotBehindSchedule(Arguments):
    """Done / plan is not certainly more than `behind_pct` points behind; beyond `up_to_pct` another check speaks."""

    done: str
    plan: str
    behind_pct: Decimal = Field(ge=0)
    up_to_pct: Decimal | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.done, f"{self.done}_h", self.plan, f"{self.plan}_h", "month_of_year")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        done, plan, due = intervals.column(self.done), intervals.column(self.plan), due_by_month()
        failing = intervals.certainly_behind(done, plan, due, format(self.behind_pct, "f"))
        if self.up_to_pct is not None:
            beyond = intervals.certainly_behind(done, plan, due, format(self.up_to_pct, "f"))
            failing = f"{failing} and not {beyond}"
        share, reached = f"100.0 * {due[0]} / {due[1]}", f"100.0 * {self.done} / nullif({self.plan}, 0)"
        return Predicate(
            failing=failing,
            inputs=(self.done, self.plan),
            condition=self.condition,
            undecidable=f"not {intervals.positive(plan)}",
            divisor=self.plan,
            values={
                "computed": f"round({reached}, 2)",
                "schedule": f"round({share}, 2)",
                "behind": f"round({share} - {reached}, 2)",
            },
        )


class MonthNotPast(Arguments):
    """The month of a date, a daterange whose last day counts, does not lie `months` or more before the report month.

    From `up_to_months` on another check speaks.
    """

    column: str
    months: int = Field(ge=0)
    up_to_months: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, "report_month")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        last_day = f"(upper({self.column}) - 1)"
        since = " + ".join(
            f"{times} * (extract({part} from report_month) - extract({part} from {last_day}))"
            for part, times in (("year", 12), ("month", 1))
        )
        beyond = "" if self.up_to_months is None else f" and {since} < {self.up_to_months}"
        return Predicate(
            failing=f"{since} >= {self.months}{beyond}",
            inputs=(self.column,),
            condition=self.condition,
            values={"months": f"({since})"},
        )

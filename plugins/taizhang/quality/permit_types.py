"""Custom expectation types of the catalogue: what comes before what for certain, what is done or granted by its day."""

from pydantic import Field

from taizhang.quality import intervals
from taizhang.quality.predicates import Arguments, Predicate
from taizhang.quality.row_conditions import literal


class DatesCertainlyInOrder(Arguments):
    """The earlier date lies before the later one or on the same day; both are dateranges.

    Cannot tell where the days that the two may mean overlap, as two dates do that state the same month.
    """

    earlier: str
    later: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.earlier, self.later)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        wrong = f"lower({self.earlier}) >= upper({self.later})"
        right = f"upper({self.earlier}) - 1 <= lower({self.later})"
        return Predicate(
            failing=f"case when {wrong} then true when {right} then false end",
            inputs=(self.earlier, self.later),
            condition=self.condition,
            undecidable=f"not ({wrong}) and not ({right})",
            values={"days_between": f"(lower({self.earlier}) - upper({self.later}) + 1)"},
        )


class GrantedByDue(Arguments):
    """Once the last day of `due`, a daterange, is over, no part of what is needed is certainly still lacking."""

    need: str
    granted: str
    due: str
    limit: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.need, f"{self.need}_h", self.granted, f"{self.granted}_h", self.due, self.limit)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        need, granted = intervals.column(self.need), intervals.column(self.granted)
        return Predicate(
            failing=f"upper({self.due}) <= {self.limit} and not {intervals.can_be_at_most(need, granted)}",
            inputs=(self.need, self.granted, self.due, self.limit),
            condition=self.condition,
            values={
                "gap": f"({self.need} - {self.granted})",
                "days_overdue": f"({self.limit} - upper({self.due}) + 1)",
            },
        )


class DoneByDue(Arguments):
    """Once the last day of `due`, a daterange, is over, the state is one of those in which the matter is done."""

    state: str
    done: tuple[str, ...] = Field(min_length=1)
    due: str
    limit: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.state, self.due, self.limit)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"upper({self.due}) <= {self.limit} and {self.state} not in ({', '.join(map(literal, self.done))})",
            inputs=(self.state, self.due, self.limit),
            condition=self.condition,
            values={"days_overdue": f"({self.limit} - upper({self.due}) + 1)"},
        )


class ValueOnlyInState(Arguments):
    """The column holds something only in some of the states."""

    column: str
    state: str
    states: tuple[str, ...] = Field(min_length=1)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.state)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"{self.column} is not null and {self.state} not in ({', '.join(map(literal, self.states))})",
            inputs=(self.state,),
            condition=self.condition,
        )


class FlagsAgree(Arguments):
    """Two flags say the same, where both are told."""

    column: str
    other: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, self.other)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(failing=f"{self.column} <> {self.other}", inputs=self.columns, condition=self.condition)

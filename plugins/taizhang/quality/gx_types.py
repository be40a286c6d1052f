"""Great Expectations' own expectation types that the catalogue may use, with the predicate that GX applies."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from taizhang.quality.predicates import Arguments, Predicate
from taizhang.quality.row_conditions import literal


class _OneColumn(Arguments):
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column,)

    def _predicate(self, failing: str) -> Predicate:
        return Predicate(failing=failing, inputs=(self.column,), condition=self.condition)


class NotBeNull(_OneColumn):
    """expect_column_values_to_not_be_null."""

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(failing=f"{self.column} is null", condition=self.condition)


class MatchRegex(_OneColumn):
    """expect_column_values_to_match_regex."""

    regex: str

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return self._predicate(f"{self.column} !~ {literal(self.regex)}")


class Between(_OneColumn):
    """expect_column_values_to_be_between."""

    min_value: Decimal | int | None = None
    max_value: Decimal | int | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.min_value is None and self.max_value is None:
            raise ValueError("min_value or max_value is needed")
        return self

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        low = [] if self.min_value is None else [f"{self.column} < {self.min_value}"]
        high = [] if self.max_value is None else [f"{self.column} > {self.max_value}"]
        return self._predicate(" or ".join(low + high))


class NotBeInSet(_OneColumn):
    """expect_column_values_to_not_be_in_set."""

    value_set: tuple[str, ...] = Field(min_length=1)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return self._predicate(f"{self.column} in ({', '.join(map(literal, self.value_set))})")


class CompoundColumnsUnique(Arguments):
    """expect_compound_columns_to_be_unique; rows in which one of the columns is empty are left out."""

    column_list: tuple[str, ...] = Field(min_length=2)
    ignore_row_if: Literal["any_value_is_missing"]

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return self.column_list

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        key = ", ".join(self.column_list)
        filled = " and ".join([self.condition, *(f"{name} is not null" for name in self.column_list)])
        doubled = f"select {key} from {table} where {filled} group by {key} having count(*) > 1"
        return Predicate(failing=f"({key}) in ({doubled})", inputs=self.column_list, condition=self.condition)


class PairAGreaterThanB(Arguments):
    """expect_column_pair_values_a_to_be_greater_than_b, with or_equal; rows with an empty cell are left out."""

    column_A: str  # noqa: N815 - Great Expectations' name
    column_B: str  # noqa: N815 - Great Expectations' name
    or_equal: Literal[True]
    ignore_row_if: Literal["either_value_is_missing"]

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column_A, self.column_B)

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        return Predicate(
            failing=f"{self.column_A} < {self.column_B}",
            inputs=(self.column_A, self.column_B),
            condition=self.condition,
        )

"""Great Expectations' row conditions as they stand in the catalogue, and the same as SQL."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_OPERATORS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def literal(value: str | int | float | bool | date) -> str:
    """Write a value as an SQL literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return f"date '{value}'"
    return "'" + value.replace("'", "''") + "'"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ConditionColumn(_Strict):
    """The column that a condition looks at."""

    name: str


class Nullity(_Strict):
    """A column is null, or is not."""

    type: Literal["nullity"]
    column: ConditionColumn
    is_null: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the condition needs."""
        return (self.column.name,)

    def sql(self) -> str:
        """Return the condition as SQL."""
        return f"({self.column.name} is {'null' if self.is_null else 'not null'})"


class Comparison(_Strict):
    """A column compared with a value."""

    type: Literal["comparison"]
    column: ConditionColumn
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    parameter: str | int | float | bool | date

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the condition needs."""
        return (self.column.name,)

    def sql(self) -> str:
        """Return the condition as SQL."""
        return f"({self.column.name} {_OPERATORS[self.operator]} {literal(self.parameter)})"


class Both(_Strict):
    """All of several conditions."""

    type: Literal["and"]
    conditions: tuple[Nullity | Comparison, ...] = Field(min_length=2)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the condition needs."""
        return tuple(name for condition in self.conditions for name in condition.columns)

    def sql(self) -> str:
        """Return the condition as SQL."""
        return "(" + " and ".join(condition.sql() for condition in self.conditions) + ")"


RowCondition = Annotated[Nullity | Comparison | Both, Field(discriminator="type")]

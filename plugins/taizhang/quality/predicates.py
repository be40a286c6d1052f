"""What each expectation type of the catalogue asks of a row, as three-valued SQL: fails, holds, cannot be told.

The gate's own SQL and the custom Great Expectations classes are both built from here. GX's own types that the
catalogue may use have their predicate here too; a type that is not in `EXPECTATIONS` is refused at load.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from taizhang.quality.row_conditions import RowCondition


@dataclass(frozen=True)
class Predicate:
    """When a row fails, in SQL over the judged table's columns.

    `failing` is true for a contradiction, false for a pass, NULL when it cannot be told. The rule applies to rows in
    which no column of `inputs` is null and `condition` holds. `undecidable` says when NULL is in the nature of the
    figures (a denominator of zero) rather than for want of a half width. `values` are computed figures for messages,
    `texts` computed texts. Where it cannot be told because a denominator may be zero, `divisor` names its column.
    """

    failing: str
    inputs: tuple[str, ...] = ()
    condition: str = "true"
    undecidable: str = "false"
    values: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    divisor: str | None = None

    @property
    def shown(self) -> dict[str, str]:
        """SQL texts of what is computed, as a message shows it; NULL when there is nothing to show."""
        return {name: f"trim_scale(({figure})::numeric)::text" for name, figure in self.values.items()} | self.texts

    @property
    def applies(self) -> str:
        """SQL: the rule has something to say about the row."""
        return " and ".join([f"({self.condition})", *(f"{name} is not null" for name in self.inputs)])

    @property
    def contradicted(self) -> str:
        """SQL: the row fails."""
        return f"({self.applies} and ({self.failing}) is true)"

    @property
    def answered(self) -> str:
        """SQL: the row passes or fails."""
        return f"({self.applies} and ({self.failing}) is not null)"

    @property
    def untold(self) -> str:
        """SQL: the rule applies, yet it cannot be told whether the row passes."""
        return f"({self.applies} and ({self.failing}) is null)"

    @property
    def blind(self) -> str:
        """SQL: it cannot be told, and nothing in the figures explains why."""
        return f"({self.untold} and ({self.undecidable}) is not true)"


class Arguments(BaseModel, ABC):
    """Arguments (GX: kwargs) of one expectation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row_condition: RowCondition | None = Field(default=None)

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Columns of the judged table that the expectation needs, those of the row condition apart."""

    @property
    def needed(self) -> tuple[str, ...]:
        """All columns of the judged table that the expectation needs."""
        return self.columns + (self.row_condition.columns if self.row_condition else ())

    @property
    def condition(self) -> str:
        """SQL of the row condition."""
        return self.row_condition.sql() if self.row_condition else "true"

    @abstractmethod
    def predicate(self, table: str) -> Predicate:
        """Return the predicate; `table` is the judged table with its schema."""

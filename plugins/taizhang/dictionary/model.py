"""What a sheet and a column are, and how their definitions are loaded from `sheets/*.yml`."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

SHEETS_DIR = Path(__file__).parent / "sheets"


class ColumnType(StrEnum):
    """Kind of value that a column holds; decides its SQL type and how a cell is read."""

    TEXT = "text"
    PROJECT_CODE = "project_code"
    CHOICE = "choice"
    CHOICES = "choices"
    FLAG = "flag"
    COUNT = "count"
    AMOUNT = "amount"
    RATE = "rate"
    POINTS = "points"
    GROWTH = "growth"
    QUANTITY = "quantity"
    DATE = "date"
    MONTH = "month"


# Amounts are exact decimals in 万元; six places hold 元 with two decimals. A date is the interval of days it may mean.
SQL_TYPES: dict[ColumnType, str] = {
    ColumnType.TEXT: "text",
    ColumnType.PROJECT_CODE: "text",
    ColumnType.CHOICE: "text",
    ColumnType.CHOICES: "text[]",
    ColumnType.FLAG: "boolean",
    ColumnType.COUNT: "integer",
    ColumnType.AMOUNT: "numeric(20,6)",
    ColumnType.RATE: "numeric(20,6)",
    ColumnType.POINTS: "numeric(20,6)",
    ColumnType.GROWTH: "numeric(20,6)",
    ColumnType.QUANTITY: "numeric(20,6)",
    ColumnType.DATE: "daterange",
    ColumnType.MONTH: "date",
}

UNITS: dict[ColumnType, str] = {
    ColumnType.AMOUNT: "万元",
    ColumnType.RATE: "%",
    ColumnType.POINTS: "个百分点",
    ColumnType.COUNT: "个",
    ColumnType.GROWTH: "%",
    # Stated in the row, by a column of the code list quantity_unit.
    ColumnType.QUANTITY: "",
}

# Figures that are made of two others of the sheet.
RATIOS = (ColumnType.RATE, ColumnType.POINTS, ColumnType.GROWTH)

Additivity = Literal["additive", "semi_additive", "non_additive", "none"]
Whole = Literal["row", "breakdown"]


class Column(BaseModel):
    """One column of a sheet, or of a mart.

    `hint` is what the template tells whoever fills the column in, in Chinese; `carried` columns stay from one month to
    the next, the template pre-fills them. A rate is numerator / denominator of its row, or where `denominator_of` is
    breakdown, of the whole that is broken down: the class 合计, or without it the sum of classes that do not overlap.
    Classes that overlap (a stage counts what has gone further) are never added up.
    Points are the gap between such a rate and what the schedule asks for; growth is numerator / denominator - 1.
    With `fill_down` a blank cell means the one above, with `fill_down_within` only while that column stays the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    type: ColumnType
    description: str
    hint: str = ""
    carried: bool = False
    aliases: tuple[str, ...] = ()
    required: bool = False
    additivity: Additivity = "none"
    code_list: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    denominator_of: Whole = "row"
    group: str | None = None
    group_total: bool = False
    fill_down: bool = False
    fill_down_within: str | None = None
    classes_overlap: bool = False

    @property
    def unit(self) -> str | None:
        """Unit in which the warehouse stores the column, None for text and dates."""
        return UNITS.get(self.type)

    @property
    def sql_type(self) -> str:
        """PostgreSQL type of the column in `raw`."""
        return SQL_TYPES[self.type]

    @property
    def is_measure(self) -> bool:
        """True for figures: amounts, rates, points and counts, which have printed decimals and an interval."""
        return self.type in UNITS

    @property
    def labelled_unit(self) -> str:
        """Label with its unit, as the template and the BI views show it, e.g. `总投资(万元)`."""
        return f"{self.label}({self.unit})" if self.unit else self.label

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.type in {ColumnType.CHOICE, ColumnType.CHOICES}) != (self.code_list is not None):
            raise ValueError(f"{self.name}: a choice has a code_list, and nothing else has")
        if self.classes_overlap and self.code_list is None:
            raise ValueError(f"{self.name}: only classes of a code_list can overlap")
        if self.fill_down_within and not self.fill_down:
            raise ValueError(f"{self.name}: fill_down_within says how far fill_down goes, and is nothing without it")
        if (self.type in RATIOS) != bool(self.numerator and self.denominator):
            raise ValueError(f"{self.name}: a rate names its numerator and denominator, and nothing else does")
        if self.denominator_of != "row" and self.type is not ColumnType.RATE:
            raise ValueError(f"{self.name}: only a rate can be a share of its breakdown")
        if self.type in RATIOS and self.additivity != "non_additive":
            raise ValueError(f"{self.name}: rates and gaps between them never add up")
        if self.is_measure == (self.additivity == "none"):
            raise ValueError(f"{self.name}: a measure states its additivity, and nothing else does")
        return self


class Sheet(BaseModel):
    """One sheet of the workbook; `position` is its place there, `subject` names the columns that name a row.

    Rows whose flag `ended_by` says yes are not carried into the next month's template.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheet: str
    title: str
    title_aliases: tuple[str, ...] = ()
    position: int
    layout: Literal["form", "table"]
    required: bool
    grain: str
    description: str
    anchor: str | None = None
    subject: tuple[str, ...] = ()
    ended_by: str | None = None
    columns: tuple[Column, ...]

    @property
    def measures(self) -> tuple[Column, ...]:
        """The sheet's figures."""
        return tuple(column for column in self.columns if column.is_measure)

    def column(self, name: str) -> Column:
        """Return the column of this name; KeyError if the sheet has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.sheet} has no column {name}")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [column.name for column in self.columns]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.sheet}: a column name stands twice")
        for column in self.columns:
            for other in (column.numerator, column.denominator, column.fill_down_within):
                if other is not None and other not in names:
                    raise ValueError(f"{self.sheet}.{column.name}: {other} is no column of the sheet")
            if column.denominator_of == "breakdown" and not any(c.code_list == "breakdown" for c in self.columns):
                raise ValueError(f"{self.sheet}.{column.name}: the sheet has no breakdown whose total it could be of")
        if self.layout == "table" and self.anchor not in names:
            raise ValueError(f"{self.sheet}: a table names the column that every row fills (anchor)")
        if unknown := [name for name in (*self.subject, self.ended_by) if name is not None and name not in names]:
            raise ValueError(f"{self.sheet}: {', '.join(unknown)} is no column of the sheet")
        return self


@cache
def load_dictionary() -> dict[str, Sheet]:
    """Load every sheet definition, in workbook order; ValueError when there is none or one is malformed."""
    sheets = [
        Sheet.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
        for path in sorted(SHEETS_DIR.glob("*.yml"))
    ]
    if not sheets:
        raise ValueError(f"no sheet is defined under {SHEETS_DIR}")
    if len({sheet.position for sheet in sheets}) < len(sheets):
        raise ValueError("two sheets have the same position")
    return {sheet.sheet: sheet for sheet in sorted(sheets, key=lambda sheet: sheet.position)}


def sheet(name: str) -> Sheet:
    """Return one sheet's definition; KeyError if there is no such sheet."""
    return load_dictionary()[name]

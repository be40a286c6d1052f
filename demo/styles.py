"""How each unit writes its workbooks, from `styles.yml`."""

from functools import cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from demo.materials import MATERIALS_DIR

NumberStyle = Literal["text", "thousands", "fullwidth"]


class Style(BaseModel):
    """What a unit does to the official workbook; the default leaves it as it is.

    `yi` columns are given in 亿元, `summary_yi` the whole sheet 汇总; `titles` replace the title rows; `unit_line`
    stands in the corner and the headers lose their units; `aliases` takes other names for the headers; `three_rows`
    adds a row above the header; `fill` merges or leaves blank what repeats; `numbers` are ways in which some figures
    are typed; the rest says how rates, dates, nothing, copies and own columns are written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    titles: tuple[str, ...] = ()
    unit_line: str | None = None
    aliases: bool = False
    yi: tuple[str, ...] = ()
    summary_yi: bool = False
    three_rows: bool = False
    group_by: str | None = None
    subtotals: bool = False
    total: Literal["top", "bottom"] | None = None
    fill: Literal["merge", "blank"] | None = None
    numbers: tuple[NumberStyle, ...] = ()
    rates: Literal["plain", "fraction", "text"] = "plain"
    dates: Literal["plain", "dot", "chinese", "numerals", "month_dot", "serial"] = "plain"
    none_marks: tuple[str, ...] = ()
    hidden_rows: int = 0
    hidden_sheet: str | None = None
    extra_columns: tuple[str, ...] = ()
    approximate: int = 0

    @property
    def is_clean(self) -> bool:
        """True if the unit sends the official workbook untouched."""
        return self == Style()

    @property
    def draws_warnings(self) -> bool:
        """True if the workbooks are accepted with warnings: hidden copies and estimates want a look."""
        return bool(self.hidden_rows or self.hidden_sheet or self.approximate)


class _Register(BaseModel):
    model_config = ConfigDict(extra="forbid")

    styles: dict[str, Style]
    units: dict[str, str]
    formats: dict[str, Literal["csv", "xls"]]


@cache
def _register() -> _Register:
    return _Register.model_validate(yaml.safe_load((MATERIALS_DIR / "styles.yml").read_text(encoding="utf-8")))


def style_of(unit_code: str) -> Style:
    """Return how a unit writes its workbooks; KeyError if it names a style that does not exist."""
    register = _register()
    return register.styles[register.units[unit_code]] if unit_code in register.units else Style()


def format_of(unit_code: str) -> Literal["xlsx", "xls", "csv"]:
    """Return the kind of file that a unit sends."""
    return _register().formats.get(unit_code, "xlsx")

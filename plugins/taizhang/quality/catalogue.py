"""The rule catalogue: Great Expectations suites in YAML, validated at load; nothing in it may fail open."""

import hashlib
import re
import string
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from taizhang.errors import TaizhangError
from taizhang.quality import gx_types, own_types
from taizhang.quality.judged import JudgedTable, judged_tables
from taizhang.quality.predicates import Arguments, Predicate
from taizhang.settings import PROJECT_ROOT

CATALOGUE_DIR = PROJECT_ROOT / "expectations"

GX_EXPECTATIONS: dict[str, type[Arguments]] = {
    "expect_column_values_to_not_be_null": gx_types.NotBeNull,
    "expect_column_values_to_match_regex": gx_types.MatchRegex,
    "expect_column_values_to_be_between": gx_types.Between,
    "expect_column_values_to_not_be_in_set": gx_types.NotBeInSet,
    "expect_compound_columns_to_be_unique": gx_types.CompoundColumnsUnique,
    "expect_column_pair_values_a_to_be_greater_than_b": gx_types.PairAGreaterThanB,
}
OWN_EXPECTATIONS: dict[str, type[Arguments]] = {
    "expect_interval_sum_to_tie": own_types.IntervalSumToTie,
    "expect_interval_at_most": own_types.IntervalAtMost,
    "expect_interval_ratio_to_tie": own_types.IntervalRatioToTie,
    "expect_interval_ratio_not_over": own_types.IntervalRatioNotOver,
    "expect_dates_in_order": own_types.DatesInOrder,
    "expect_date_not_after": own_types.DateNotAfter,
    "expect_no_unit_slip": own_types.NoUnitSlip,
}
EXPECTATIONS = GX_EXPECTATIONS | OWN_EXPECTATIONS


class CatalogueError(TaizhangError):
    """The catalogue is empty or one of its entries is not valid."""


class Severity(StrEnum):
    """What a contradiction does to the submission: holds it back, needs an explanation, is only said."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


GX_SEVERITIES: dict[str, Severity] = {
    "critical": Severity.BLOCK,
    "warning": Severity.WARN,
    "info": Severity.INFO,
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def placeholders(template: str) -> tuple[str, ...]:
    """Return the names in braces of a message; ValueError when a brace has no partner or holds anything else."""
    names = []
    for _, name, spec, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion or not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            raise ValueError(f"{{{name}}} is no placeholder: {template}")
        names.append(name)
    return tuple(names)


class Meta(_Strict):
    """What is ours in an entry: which rule it is, how much it matters, and what the submitter is told.

    `level` is how far the rule looks, as in the European Statistical System: 0 format, 1 one file,
    2 other months.
    `source` is the standard that the rule comes from, where there is one.
    """

    check_id: str = Field(pattern=r"^[RN]\d\d\.[a-z0-9_]+$")
    rule_id: str = Field(pattern=r"^[RN]\d\d$")
    level: int = Field(ge=0, le=5)
    severity: Severity
    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    message_zh: str = Field(min_length=1)
    message_en: str = Field(min_length=1)
    advice_zh: str = Field(min_length=1)
    column: str | None = None
    needs_previous: bool = False
    source: str | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _id_of_rule(self) -> Self:
        if not self.check_id.startswith(f"{self.rule_id}."):
            raise ValueError(f"{self.check_id}: the check's id starts with its rule's id {self.rule_id}")
        return self


class Entry(_Strict):
    """One expectation of a suite, as Great Expectations writes it."""

    type: str
    severity: Literal["critical", "warning", "info"]
    kwargs: dict[str, Any]
    meta: Meta


class SuiteMeta(_Strict):
    """Which judged table the suite looks at, and what it is about."""

    judged_table: str
    about: str


class Suite(_Strict):
    """One file of the catalogue: expectations on one judged table."""

    name: str
    meta: SuiteMeta
    expectations: tuple[Entry, ...] = Field(min_length=1)


class Check:
    """An entry with its arguments understood: knows its judged table and its predicate."""

    def __init__(self, entry: Entry, table: JudgedTable, suite: str) -> None:
        self.entry = entry
        self.suite = suite
        self.meta = entry.meta
        self.table = table
        if entry.type not in EXPECTATIONS:
            raise CatalogueError(f"{entry.meta.check_id}: the expectation type {entry.type} is not known")
        if GX_SEVERITIES[entry.severity] is not entry.meta.severity:
            raise CatalogueError(
                f"{entry.meta.check_id}: Great Expectations' severity {entry.severity} is not our {entry.meta.severity}"
            )
        try:
            self.arguments = EXPECTATIONS[entry.type].model_validate(entry.kwargs)
        except ValidationError as error:
            raise CatalogueError(f"{entry.meta.check_id}: {error}") from error
        self._require_known_columns()
        self._require_known_placeholders()

    def predicate(self, schema: str) -> Predicate:
        """Return the predicate over the judged table in a schema."""
        return self.arguments.predicate(f"{schema}.{self.table.table}")

    @property
    def message_names(self) -> set[str]:
        """Names in braces in the messages."""
        return {name for text in (self.meta.message_zh, self.meta.message_en) for name in placeholders(text)}

    def _require_known_columns(self) -> None:
        named = self.arguments.needed + ((self.meta.column,) if self.meta.column else ())
        if unknown := [name for name in named if not self.table.has(name)]:
            raise CatalogueError(f"{self.meta.check_id}: {self.table.table} has no column {', '.join(unknown)}")
        if "{column}" in self.table.place.column_name and self.meta.column is None:
            raise CatalogueError(f"{self.meta.check_id}: meta.column must say which cell a finding points to")

    def _require_known_placeholders(self) -> None:
        computed = self.predicate("gate").values
        try:
            names = self.message_names
        except ValueError as error:
            raise CatalogueError(f"{self.meta.check_id}: {error}") from error
        if unknown := [name for name in sorted(names) if name not in computed and not self.table.has(name)]:
            raise CatalogueError(f"{self.meta.check_id}: a message names {', '.join(unknown)}, which no row has")


def by_table(checks: Iterable[Check]) -> dict[str, list[Check]]:
    """Group checks by the name of their judged table."""
    grouped: dict[str, list[Check]] = {}
    for check in checks:
        grouped.setdefault(check.table.name, []).append(check)
    return grouped


class Catalogue:
    """All checks; `version` changes with any byte of any file."""

    def __init__(self, checks: tuple[Check, ...], version: str) -> None:
        if not checks:
            raise CatalogueError("the catalogue holds no rule")
        doubled = [name for name, times in Counter(check.meta.check_id for check in checks).items() if times > 1]
        if doubled:
            raise CatalogueError(f"these check ids stand twice: {', '.join(doubled)}")
        if not any(check.meta.severity is Severity.BLOCK for check in checks):
            raise CatalogueError("no rule of the catalogue blocks anything")
        self.checks = checks
        self.version = version

    def check(self, check_id: str) -> Check:
        """Return the check of this id; KeyError if there is none."""
        for check in self.checks:
            if check.meta.check_id == check_id:
                return check
        raise KeyError(check_id)


def _load_suite(path: Path) -> list[Check]:
    try:
        suite = Suite.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    table = judged_tables().get(suite.meta.judged_table)
    if table is None:
        raise CatalogueError(f"{path.name}: there is no judged table {suite.meta.judged_table}")
    if suite.name != path.stem:
        raise CatalogueError(f"{path.name}: the suite calls itself {suite.name}")
    return [Check(entry, table, suite.name) for entry in suite.expectations]


def load_catalogue(folder: Path = CATALOGUE_DIR) -> Catalogue:
    """Load and validate every suite under `<folder>/suites`; CatalogueError when there is none or one is not valid."""
    paths = sorted((folder / "suites").glob("*.yml"))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return Catalogue(tuple(check for path in paths for check in _load_suite(path)), digest.hexdigest())

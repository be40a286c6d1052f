"""The rule catalogue: Great Expectations suites in YAML, validated at load; nothing in it may fail open."""

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from taizhang.quality import (
    filing_types,
    gap_types,
    growth_types,
    gx_types,
    list_types,
    month_types,
    own_types,
    permit_types,
    schedule_types,
    unit_slips,
)
from taizhang.quality.judged import JudgedTable, judged_tables
from taizhang.quality.predicates import Arguments, Predicate
from taizhang.quality.register import CatalogueError as CatalogueError
from taizhang.quality.register import (
    Month,
    Register,
    Rule,
    Strict,
    Version,
    fingerprint,
    load_register,
    parse,
    read_files,
)
from taizhang.quality.register import Severity as Severity
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
    "expect_no_unit_slip": unit_slips.NoUnitSlip,
    "expect_state_kept": month_types.StateKept,
    "expect_change_at_most": month_types.ChangeAtMost,
    "expect_not_stale": month_types.NotStale,
    "expect_columns_together": list_types.ColumnsTogether,
    "expect_lists_nested": list_types.ListsNested,
    "expect_not_behind_schedule": schedule_types.NotBehindSchedule,
    "expect_month_not_past": schedule_types.MonthNotPast,
    "expect_no_value": filing_types.NoValue,
    "expect_names_differ": filing_types.NamesDiffer,
    "expect_date_not_before": filing_types.DateNotBefore,
    "expect_share_below": filing_types.ShareBelow,
    "expect_rollup_to_tie": filing_types.RollupToTie,
    "expect_schedule_gap_to_tie": gap_types.ScheduleGapToTie,
    "expect_interval_to_contain": gap_types.IntervalToContain,
    "expect_date_not_longer_ago": gap_types.DateNotLongerAgo,
    "expect_growth_to_tie": growth_types.GrowthToTie,
    "expect_ratio_not_below": growth_types.RatioNotBelow,
    "expect_within_own_history": growth_types.WithinOwnHistory,
    "expect_same_direction": growth_types.SameDirection,
    "expect_dates_certainly_in_order": permit_types.DatesCertainlyInOrder,
    "expect_granted_by_due": permit_types.GrantedByDue,
    "expect_done_by_due": permit_types.DoneByDue,
    "expect_value_only_in_state": permit_types.ValueOnlyInState,
    "expect_flags_agree": permit_types.FlagsAgree,
}
EXPECTATIONS = GX_EXPECTATIONS | OWN_EXPECTATIONS


GX_SEVERITIES: dict[str, Severity] = {
    "critical": Severity.BLOCK,
    "warning": Severity.WARN,
    "info": Severity.INFO,
}


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


class Meta(Strict):
    """What is ours in an entry: which rule it is, how much it matters, and what the submitter is told.

    Level and severity are the rule's, or among the rule's where it has several. `version` and `valid_from` are stated
    only where they are not the rule's; the source always is.
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
    needs_below: bool = False
    version: Version | None = None
    valid_from: Month | None = None

    @model_validator(mode="after")
    def _id_of_rule(self) -> Self:
        if not self.check_id.startswith(f"{self.rule_id}."):
            raise ValueError(f"{self.check_id}: the check's id starts with its rule's id {self.rule_id}")
        return self


class Entry(Strict):
    """One expectation of a suite, as Great Expectations writes it."""

    type: str
    severity: Literal["critical", "warning", "info"]
    kwargs: dict[str, Any]
    meta: Meta


class SuiteMeta(Strict):
    """Which judged table the suite looks at, and what it is about."""

    judged_table: str
    about: str


class Suite(Strict):
    """One file of the catalogue: expectations on one judged table."""

    name: str
    meta: SuiteMeta
    expectations: tuple[Entry, ...] = Field(min_length=1)


class Check:
    """An entry with its arguments understood: knows its rule, its judged table and its predicate.

    It speaks only about rows of months from `valid_from` on: `kwargs` and `arguments` have that in their row condition.
    """

    def __init__(self, entry: Entry, table: JudgedTable, suite: str, rule: Rule) -> None:
        self.entry = entry
        self.suite = suite
        self.meta = entry.meta
        self.table = table
        self.rule = rule
        self.version = entry.meta.version or rule.version
        self.valid_from = entry.meta.valid_from or rule.valid_from
        self._require_agreement()
        self.kwargs = entry.kwargs | {"row_condition": since(entry.kwargs.get("row_condition"), self.valid_from)}
        try:
            self.arguments = EXPECTATIONS[entry.type].model_validate(self.kwargs)
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

    def _require_agreement(self) -> None:
        """Nothing of the rule is overridden in silence."""
        meta, rule, gx_severity = self.meta, self.rule, GX_SEVERITIES[self.entry.severity]
        faults = {
            f"the expectation type {self.entry.type} is not known": self.entry.type not in EXPECTATIONS,
            f"Great Expectations' severity {self.entry.severity} is not our {meta.severity}": gx_severity
            is not meta.severity,
            f"level {meta.level} is not {rule.level}, the level of rules/{rule.id}.yml": meta.level != rule.level,
            f"severity {meta.severity} is none of rules/{rule.id}.yml": meta.severity not in rule.severity,
            f"it is valid before its rule, which begins {rule.valid_from:%Y-%m}": self.valid_from < rule.valid_from,
        }
        if found := [fault for fault, is_so in faults.items() if is_so]:
            raise CatalogueError(f"{meta.check_id}: {'; '.join(found)}")

    def _require_known_columns(self) -> None:
        named = self.arguments.needed + ((self.meta.column,) if self.meta.column else ())
        if unknown := [name for name in named if not self.table.has(name)]:
            raise CatalogueError(f"{self.meta.check_id}: {self.table.table} has no column {', '.join(unknown)}")
        if self.meta.needs_below and not self.table.has("part_code"):
            raise CatalogueError(f"{self.meta.check_id}: {self.table.table} does not say which unit below it needs")
        if "{column}" in self.table.place.column_name and self.meta.column is None:
            raise CatalogueError(f"{self.meta.check_id}: meta.column must say which cell a finding points to")

    def _require_known_placeholders(self) -> None:
        computed = self.predicate("gate").shown
        try:
            names = self.message_names
        except ValueError as error:
            raise CatalogueError(f"{self.meta.check_id}: {error}") from error
        if unknown := [name for name in sorted(names) if name not in computed and not self.table.has(name)]:
            raise CatalogueError(f"{self.meta.check_id}: a message names {', '.join(unknown)}, which no row has")


def since(row_condition: dict[str, Any] | None, month: date) -> dict[str, Any]:
    """Return a row condition narrowed to reports of this month and later."""
    from_month = {"type": "comparison", "column": {"name": "report_month"}, "operator": ">=", "parameter": month}
    if row_condition is None:
        return from_month
    given = row_condition["conditions"] if row_condition.get("type") == "and" else [row_condition]
    return {"type": "and", "conditions": [*given, from_month]}


def by_table(checks: Iterable[Check]) -> dict[str, list[Check]]:
    """Group checks by the name of their judged table."""
    grouped: dict[str, list[Check]] = {}
    for check in checks:
        grouped.setdefault(check.table.name, []).append(check)
    return grouped


class Catalogue:
    """All checks and rules; `version` changes with any byte of any file, `files` are their texts."""

    def __init__(self, checks: tuple[Check, ...], register: Register, files: Mapping[str, str]) -> None:
        if not checks:
            raise CatalogueError("the catalogue holds no rule")
        doubled = [name for name, times in Counter(check.meta.check_id for check in checks).items() if times > 1]
        if doubled:
            raise CatalogueError(f"these check ids stand twice: {', '.join(doubled)}")
        if not any(check.meta.severity is Severity.BLOCK for check in checks):
            raise CatalogueError("no rule of the catalogue blocks anything")
        self.checks = checks
        self.register = register
        self.files = files
        self.version = fingerprint(files)

    @property
    def pack_version(self) -> str:
        """Version of the rule pack as people call it."""
        return self.register.pack.newest.version

    def check(self, check_id: str) -> Check:
        """Return the check of this id; KeyError if there is none."""
        for check in self.checks:
            if check.meta.check_id == check_id:
                return check
        raise KeyError(check_id)

    def checks_of(self, rule_id: str) -> tuple[Check, ...]:
        """Return the checks that carry out a rule."""
        return tuple(check for check in self.checks if check.rule.id == rule_id)

    def is_active(self, rule: Rule) -> bool:
        """True if something judges the rule today; else it waits."""
        return bool(self.checks_of(rule.id) or rule.models)


def _load_suite(name: str, text: str, register: Register) -> list[Check]:
    suite = parse(Suite, name, text)
    table = judged_tables().get(suite.meta.judged_table)
    if table is None:
        raise CatalogueError(f"{name}: there is no judged table {suite.meta.judged_table}")
    if suite.name != PurePosixPath(name).stem:
        raise CatalogueError(f"{name}: the suite calls itself {suite.name}")
    checks = []
    for entry in suite.expectations:
        rule = register.rules.get(entry.meta.rule_id)
        if rule is None:
            raise CatalogueError(f"{name}: {entry.meta.check_id} has no rules/{entry.meta.rule_id}.yml")
        checks.append(Check(entry, table, suite.name, rule))
    return checks


def load_catalogue(folder: Path = CATALOGUE_DIR, is_current: bool = True) -> Catalogue:
    """Load and validate the rules and suites under a folder; see `build_catalogue`."""
    return build_catalogue(read_files(folder), is_current)


def build_catalogue(files: Mapping[str, str], is_current: bool) -> Catalogue:
    """Validate rules and suites, texts by path; CatalogueError when there is none or one is not valid.

    Of a pack that is not the current one it is not asked whether each rule is carried out: sheets and models may have
    come or gone since.
    """
    register = load_register(files)
    suites = [name for name in files if name.startswith("suites/")]
    catalogue = Catalogue(
        tuple(check for name in suites for check in _load_suite(name, files[name], register)), register, files
    )
    if is_current:
        register.require_sound({rule_id: catalogue.checks_of(rule_id) for rule_id in register.rules})
    return catalogue

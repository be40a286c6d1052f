"""Code lists: regions, reporting units, lists, classes. They are data: the seeds of the dbt project."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise

from taizhang.errors import TaizhangError
from taizhang.settings import PROJECT_ROOT

SEEDS_DIR = PROJECT_ROOT / "dbt_project" / "seeds"
DEFAULT_CURVE = "default"
MONTHS_OF_YEAR = 12
DETAIL_SHEET = "project_progress"


class CodeListError(TaizhangError, LookupError):
    """A code list is missing or empty."""


@dataclass(frozen=True)
class CodeList:
    """Codes with their Chinese names and aliases."""

    name: str
    names: dict[str, str]
    aliases: dict[str, str]

    def code_of(self, text: str) -> str | None:
        """Return the code for a code, a name or an alias; None when the list does not know it."""
        text = text.strip()
        return text if text in self.names else self.aliases.get(text)

    @property
    def labels(self) -> list[str]:
        """Chinese names in the list's own order, for drop-down lists."""
        return list(self.names.values())


@dataclass(frozen=True)
class UnitKind:
    """A kind of reporting unit; `sheets` are those of the dictionary that it files, empty: all of them.

    Kinds with a lower `judging_order` are judged first: those of a higher one add up their figures.
    """

    unit_kind: str
    kind_name: str
    judging_order: int
    sheets: tuple[str, ...]

    def files(self, sheet: str) -> bool:
        """True if units of this kind file the sheet."""
        return not self.sheets or sheet in self.sheets


@dataclass(frozen=True)
class ReportingUnit:
    """Who files a workbook every month: a county, functional zone or 本级 unit; without details a city or province.

    `summarises_region_code` is the region whose units a city or province adds up; None for units with details.
    """

    unit_code: str
    unit_name: str
    unit_kind: str
    parent_region_code: str
    summarises_region_code: str | None
    valid_from: date
    valid_to: date | None
    aliases: tuple[str, ...]

    @property
    def kind(self) -> UnitKind:
        """The unit's kind."""
        return unit_kinds()[self.unit_kind]

    @property
    def has_details(self) -> bool:
        """True if the unit files projects, not only their sums."""
        return self.kind.files(DETAIL_SHEET)

    def reports_in(self, month: date) -> bool:
        """True if the unit exists in the month (given by its first day)."""
        return self.valid_from <= month and (self.valid_to is None or month < self.valid_to)


@dataclass(frozen=True)
class ReportingUnits:
    """The register of reporting units."""

    units: dict[str, ReportingUnit]

    @cached_property
    def _by_name(self) -> dict[str, list[ReportingUnit]]:
        by_name: dict[str, list[ReportingUnit]] = {}
        for unit in self.units.values():
            for name in {unit.unit_name, *unit.aliases}:
                by_name.setdefault(name, []).append(unit)
        return by_name

    def find(self, text: str) -> list[ReportingUnit]:
        """Return the units that a code or name may mean: none, one, or several of the same name."""
        text = text.strip()
        if text in self.units:
            return [self.units[text]]
        return list(self._by_name.get(text, []))


def _rows(name: str) -> list[dict[str, str]]:
    path = SEEDS_DIR / f"{name}.csv"
    if not path.exists():
        raise CodeListError(f"code list {name} is missing: {path}")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    if not rows:
        raise CodeListError(f"code list {name} is empty: {path}")
    return rows


def seed_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a code list as they stand; CodeListError when it is missing or empty."""
    return _rows(name)


@cache
def code_list(name: str) -> CodeList:
    """Load a code list whose first two columns are code and name and which has a column `aliases` (`a|b`)."""
    rows = _rows(name)
    code_column, name_column = list(rows[0])[:2]
    names = {row[code_column]: row[name_column] for row in rows}
    aliases = {label: code for code, label in names.items()}
    for row in rows:
        for alias in filter(None, row["aliases"].split("|")):
            if aliases.setdefault(alias, row[code_column]) != row[code_column]:
                raise CodeListError(f"code list {name}: the alias {alias} means two codes")
    return CodeList(name, names, aliases)


@cache
def flagged(name: str, flag: str) -> frozenset[str]:
    """Load which codes of a list have a flag, a column of true and false; CodeListError for any other value."""
    rows = _rows(name)
    if unknown := {row[flag] for row in rows} - {"true", "false"}:
        raise CodeListError(f"code list {name}: {flag} is true or false, not {', '.join(sorted(unknown))}")
    return frozenset(next(iter(row.values())) for row in rows if row[flag] == "true")


@cache
def units_of_elements() -> dict[str, tuple[str, ...]]:
    """Load in which units an element may be stated, by their codes; CodeListError when there is none for one."""
    bases = {row["unit_code"]: row["base_unit"] for row in _rows("quantity_unit")}
    units = {
        row["element_code"]: tuple(unit for unit, base in bases.items() if base == row["base_unit"])
        for row in _rows("element")
    }
    if lacking := [element for element, fitting in units.items() if not fitting]:
        raise CodeListError(f"code list element: {', '.join(lacking)} has no unit")
    return units


@cache
def stage_orders(name: str) -> dict[str, int]:
    """Load the place of each code in the order of stages; CodeListError when two stand at one place."""
    orders = {row[next(iter(row))]: int(row["stage_order"]) for row in _rows(name)}
    if len(set(orders.values())) < len(orders):
        raise CodeListError(f"code list {name}: two stages stand at one place")
    return orders


@cache
def list_nesting() -> tuple[tuple[str, str], ...]:
    """Load which list contains which, as (inner, outer); CodeListError when one is no list or contains itself."""
    pairs = tuple((row["inner_list"], row["outer_list"]) for row in _rows("list_nesting"))
    known = code_list("project_list").names
    if unknown := {code for pair in pairs for code in pair if code not in known}:
        raise CodeListError(f"code list list_nesting: {', '.join(sorted(unknown))} is no list")
    if circular := [f"{inner} and {outer}" for inner, outer in pairs if inner == outer or (outer, inner) in pairs]:
        raise CodeListError(f"code list list_nesting: {', '.join(circular)} contain each other")
    return pairs


@cache
def partitions() -> frozenset[str]:
    """Codes of the breakdowns whose classes do not overlap, so that they add up to the whole; lists are none."""
    rows = _rows("breakdown")
    if unknown := {row["is_partition"] for row in rows} - {"true", "false"}:
        raise CodeListError(f"code list breakdown: is_partition is true or false, not {', '.join(sorted(unknown))}")
    return frozenset(row["breakdown_code"] for row in rows if row["is_partition"] == "true")


@dataclass(frozen=True)
class Share:
    """An exact share of the year: `elapsed` of `whole`."""

    elapsed: Decimal
    whole: Decimal


@cache
def schedule_curve(curve_code: str = DEFAULT_CURVE) -> dict[int, Share]:
    """Load a schedule curve: what should be done by the end of each month, by its number.

    CodeListError unless it has all twelve months, never falls and ends with the whole.
    """
    rows = [row for row in _rows("schedule_curve") if row["curve_code"] == curve_code]
    curve = {int(row["month_of_year"]): Share(Decimal(row["elapsed"]), Decimal(row["whole"])) for row in rows}
    if len(rows) != len(curve) or sorted(curve) != list(range(1, MONTHS_OF_YEAR + 1)):
        raise CodeListError(f"schedule curve {curve_code}: each month from 1 to {MONTHS_OF_YEAR} stands once")
    if any(share.whole <= 0 or not 0 <= share.elapsed <= share.whole for share in curve.values()):
        raise CodeListError(f"schedule curve {curve_code}: elapsed lies between zero and the whole")
    shares = [curve[month] for month in sorted(curve)]
    if any(one.elapsed * other.whole > other.elapsed * one.whole for one, other in pairwise(shares)):
        raise CodeListError(f"schedule curve {curve_code}: what should be done never falls")
    if shares[-1].elapsed != shares[-1].whole:
        raise CodeListError(f"schedule curve {curve_code}: December ends with the whole")
    return curve


@cache
def unit_kinds() -> dict[str, UnitKind]:
    """Load the kinds of reporting units."""
    return {
        row["unit_kind"]: UnitKind(
            row["unit_kind"],
            row["kind_name"],
            int(row["judging_order"]),
            tuple(filter(None, row["sheets"].split("|"))),
        )
        for row in _rows("unit_kind")
    }


@dataclass(frozen=True)
class QuantityUnit:
    """A unit of quantities: `factor` leads from it to `base_unit`; units of one base turn into each other."""

    unit_code: str
    base_unit: str
    factor: Decimal


@cache
def quantity_units() -> dict[str, QuantityUnit]:
    """Load the units of quantities by code; CodeListError when a base is no unit or no base of its own."""
    units = {
        row["unit_code"]: QuantityUnit(row["unit_code"], row["base_unit"], Decimal(row["factor"]))
        for row in _rows("quantity_unit")
    }
    for unit in units.values():
        base = units.get(unit.base_unit)
        if base is None or base.base_unit != base.unit_code or base.factor != 1 or unit.factor <= 0:
            raise CodeListError(f"code list quantity_unit: {unit.base_unit} is no base of {unit.unit_code}")
    return units


@dataclass(frozen=True)
class VisitRequirement:
    """How many events of these kinds a leader owes in a year, for months from `valid_from` on."""

    event_kinds: tuple[str, ...]
    visits_per_year: int
    valid_from: date


@cache
def visit_requirements() -> tuple[VisitRequirement, ...]:
    """Load the requirements, the oldest first; CodeListError when an event is of a kind that is not known."""
    found = [
        VisitRequirement(
            tuple(row["event_kinds"].split("|")), int(row["visits_per_year"]), date.fromisoformat(row["valid_from"])
        )
        for row in _rows("visit_requirement")
    ]
    known = code_list("dispatch_kind").names
    if unknown := {kind for one in found for kind in one.event_kinds if kind not in known}:
        raise CodeListError(f"code list visit_requirement: {', '.join(sorted(unknown))} is no kind of event")
    return tuple(sorted(found, key=lambda one: one.valid_from))


@cache
def personal_columns() -> frozenset[tuple[str, str]]:
    """Load which columns of the sheets name a person, as (sheet, column)."""
    return frozenset((row["sheet"], row["column_name"]) for row in _rows("personal_column"))


@cache
def reporting_units() -> ReportingUnits:
    """Load the register of reporting units; CodeListError when a unit is of a kind that is not known."""
    units = [_reporting_unit(row) for row in _rows("reporting_unit")]
    for unit in units:
        if unit.unit_kind not in unit_kinds():
            raise CodeListError(f"reporting_unit {unit.unit_code}: {unit.unit_kind} is no kind of unit")
        if unit.kind.files(DETAIL_SHEET) == bool(unit.summarises_region_code):
            raise CodeListError(f"reporting_unit {unit.unit_code}: a unit without details names the region it adds up")
    return ReportingUnits({unit.unit_code: unit for unit in units})


def _reporting_unit(row: dict[str, str]) -> ReportingUnit:
    return ReportingUnit(
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        unit_kind=row["unit_kind"],
        parent_region_code=row["parent_region_code"],
        summarises_region_code=row["summarises_region_code"] or None,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        aliases=tuple(filter(None, row["aliases"].split("|"))),
    )

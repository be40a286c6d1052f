"""What a city or province adds up: the units below it, as its sheet 汇总 lists them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from taizhang.codelists import ReportingUnit, region_names, region_parents, reporting_units
from taizhang.reading.identity import spoken_names


@dataclass(frozen=True)
class Part:
    """What stands in one row of the summary of a city or province: a unit with details, or a city as a whole.

    `summary_unit` is the city's own unit, where the register has one; `detail_units` are those with details.
    """

    part_code: str
    part_name: str
    labels: frozenset[str]
    summary_unit: ReportingUnit | None
    detail_units: tuple[ReportingUnit, ...]


def parts_below(unit: ReportingUnit, month: date) -> list[Part]:
    """Return the parts that a city or province adds up in a month, by code; none for a unit with details."""
    region = unit.summarises_region_code
    if region is None:
        return []
    valid = [other for other in reporting_units().units.values() if other.reports_in(month)]
    own = [_part_of_unit(other) for other in valid if other.has_details and other.parent_region_code == region]
    return sorted([*own, *_cities(region, valid)], key=lambda part: part.part_code)


def _part_of_unit(unit: ReportingUnit) -> Part:
    labels = frozenset(spoken_names(unit.unit_name, *unit.aliases))
    return Part(unit.unit_code, unit.unit_name, labels, None, (unit,))


def _cities(region: str, valid: list[ReportingUnit]) -> Iterator[Part]:
    """The regions below a region that have units: a city's own unit, or units with details."""
    below = {code for code, parent in region_parents().items() if parent == region}
    for code in below & {unit.summarises_region_code or unit.parent_region_code for unit in valid}:
        summaries = [unit for unit in valid if unit.summarises_region_code == code]
        details = tuple(unit for unit in valid if unit.has_details and unit.parent_region_code == code)
        names = [name for unit in summaries for name in (unit.unit_name, *unit.aliases)]
        labels = frozenset(spoken_names(region_names()[code], *names))
        yield Part(code, region_names()[code], labels, summaries[0] if summaries else None, details)

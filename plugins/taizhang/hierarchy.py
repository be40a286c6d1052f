"""What a city or province adds up: the units below it, as its sheet 汇总 lists them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from taizhang.codelists import ReportingUnit, reporting_units
from taizhang.geography import children, parent_of, place_of, region
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
    if unit.summarises_region_code is None:
        return []
    upper = place_of(unit, month)
    valid = [other for other in reporting_units().units.values() if other.reports_in(month)]
    own = [_part_of_unit(other) for other in valid if other.has_details and parent_of(other, month) == upper]
    return sorted([*own, *_cities(upper, valid, month)], key=lambda part: part.part_code)


def _part_of_unit(unit: ReportingUnit) -> Part:
    labels = frozenset(spoken_names(unit.unit_name, *unit.aliases))
    return Part(unit.unit_code, unit.unit_name, labels, None, (unit,))


def _cities(upper: str, valid: list[ReportingUnit], month: date) -> Iterator[Part]:
    """The regions below a region that have units in a month: a city's own unit, or units with details."""
    adding_up: dict[str, list[ReportingUnit]] = defaultdict(list)
    detailed: dict[str, list[ReportingUnit]] = defaultdict(list)
    for unit in valid:
        if unit.has_details:
            detailed[parent_of(unit, month)].append(unit)
        else:
            adding_up[place_of(unit, month)].append(unit)
    for code in children(upper, month) & (adding_up.keys() | detailed.keys()):
        summaries, name = adding_up[code], region(code, month).region_name
        names = [other for unit in summaries for other in (unit.unit_name, *unit.aliases)]
        labels = frozenset(spoken_names(name, *names))
        yield Part(code, name, labels, summaries[0] if summaries else None, tuple(detailed[code]))

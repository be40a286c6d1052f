"""Who is told of a unit's matters: the unit itself, and the units above it that add up its figures."""

from datetime import date

from taizhang.codelists import ReportingUnit, reporting_units
from taizhang.geography import parent_of, place_of, region

OPERATORS = "operators"


def chains(month: date) -> dict[str, list[str]]:
    """Return for each unit of the register that exists in a month its own code and those above it, the nearest first.

    A level that has no unit of its own is left out: a county of a city without one stands right below its province.
    """
    units = [unit for unit in reporting_units().units.values() if unit.reports_in(month)]
    upper = {place_of(unit, month): unit.unit_code for unit in units if not unit.has_details}
    return {unit.unit_code: [unit.unit_code, *_above(unit, month, upper)] for unit in units}


def _above(unit: ReportingUnit, month: date, upper: dict[str, str]) -> list[str]:
    code = parent_of(unit, month) if unit.has_details else region(place_of(unit, month), month).parent_code
    found = []
    while code:
        if code in upper:
            found.append(upper[code])
        code = region(code, month).parent_code
    return found

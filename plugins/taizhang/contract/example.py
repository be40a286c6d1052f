"""A small valid JSON submission of a unit and month, to begin with."""

from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.codelists import code_list, reporting_units
from taizhang.contract.as_json import submission_text
from taizhang.dictionary import load_dictionary
from taizhang.errors import TaizhangError
from taizhang.reading.result import SheetReading, WorkbookReading

_PROJECT: dict[str, Any] = {
    "sequence_no": "1",
    "project_name": "示例项目",
    "project_lists": ["city_listed"],
    "construction_nature": "continued",
    "total_investment_wan": Decimal("1000.00"),
    "completed_before_year_wan": Decimal("300.00"),
    "annual_plan_wan": Decimal("400.00"),
    "since_start_wan": Decimal("400.00"),
    "is_started": True,
    "lead_official": "某某",
}


class UnitNotReportingError(TaizhangError):
    """The unit does not report in the month."""


def example_text(unit_code: str, month: date) -> str:
    """Return the example; UnitNotReportingError for a unit that does not report in that month."""
    unit = reporting_units().units[unit_code]
    if not unit.reports_in(month):
        raise UnitNotReportingError(f"{unit_code} {unit.unit_name} does not report in {month:%Y-%m}")
    rows: dict[str, dict[str, Any]] = {
        "cover": {"reporting_unit": unit_code, "report_period": month, "filler_name": "某某"}
    }
    if unit.has_details:
        rows["project_progress"] = _PROJECT | _done(month)
    rows["summary"] = _whole(month)
    sheets = {name: _sheet(name, row) for name, row in rows.items()}
    return submission_text(WorkbookReading("", unit_code, unit.unit_name, month, None, sheets, []))


def _done(month: date) -> dict[str, Any]:
    """What the project has done: 100 in the year, all of it in the month if that is January."""
    share = Decimal("100.00") if month.month == 1 else Decimal("10.00")
    return {
        "month_completed_wan": share,
        "ytd_completed_wan": Decimal("100.00"),
        "completion_rate_pct": Decimal("25.0"),
    }


def _whole(month: date) -> dict[str, Any]:
    """The class 合计 of the summary: the one project."""
    amounts = {name: value for name, value in (_PROJECT | _done(month)).items() if isinstance(value, Decimal)}
    known = {column.name for column in load_dictionary()["summary"].columns}
    whole = {name: value for name, value in amounts.items() if name in known}
    return {"breakdown_name": "total", "item_name": code_list("breakdown").names["total"], "project_count": 1, **whole}


def _sheet(name: str, row: dict[str, Any]) -> SheetReading:
    definition = load_dictionary()[name]
    return SheetReading(name, definition.title, [], [1], {key: [value] for key, value in row.items()})

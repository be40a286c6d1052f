"""Readings made by hand, for tests that begin after the reader."""

from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.dictionary import sheet
from taizhang.reading.result import ReadColumn, SheetReading, WorkbookReading

AMOUNT = {"unit": "万元", "factor": Decimal(1), "decimals": 2}


def project(row_number: int, **values: Any) -> dict[str, Any]:
    """One row of 项目进展, with plausible figures where none are given."""
    plain = {
        "project_name": f"项目{row_number}",
        "project_lists": ["city_listed"],
        "total_investment_wan": Decimal("1000"),
        "annual_plan_wan": Decimal("400"),
        "month_completed_wan": Decimal("30"),
        "ytd_completed_wan": Decimal("30"),
        "is_started": True,
        "lead_official": "张伟",
    }
    return {"row_number": row_number, **plain, **values}


def sheet_reading(name: str, rows: list[dict[str, Any]]) -> SheetReading:
    """A sheet with these rows; its columns stand in dictionary order from column A on."""
    definition = sheet(name)
    columns = [
        ReadColumn(_letter(index), column.label, column.name, **(AMOUNT if column.is_measure else {}))
        for index, column in enumerate(definition.columns)
    ]
    names = [*(column.name for column in definition.columns), "extras"]
    values = {key: [row.get(key) for row in rows] for key in names}
    return SheetReading(name, definition.title, columns, [row.get("row_number", 1) for row in rows], values, (3, 3))


SIGNED = {"filler_name": "张三", "reviewer_name": "李四", "approver_name": "王五"}


def workbook_reading(
    unit_code: str = "621122", month: date = date(2024, 3, 1), projects: list[dict[str, Any]] | None = None
) -> WorkbookReading:
    """A workbook with a cover, these projects and an empty summary."""
    rows = [project(4), project(5)] if projects is None else projects
    return WorkbookReading(
        file_name="月报.xlsx",
        unit_code=unit_code,
        unit_name="陇西县",
        report_month=month,
        template_version=None,
        sheets={
            "cover": sheet_reading("cover", [{"reporting_unit": "陇西县", "report_period": month, **SIGNED}]),
            "project_progress": sheet_reading("project_progress", rows),
            "summary": sheet_reading("summary", []),
        },
        issues=[],
    )


def class_row(row_number: int, breakdown: str, item: str, count: int, amount: object, **more: Any) -> dict[str, Any]:
    """One row of 汇总: every amount the same, nothing of it started where nothing is said."""
    names = ("total_investment_wan", "annual_plan_wan", "month_completed_wan", "ytd_completed_wan")
    amounts = dict.fromkeys(names, Decimal(str(amount)))
    return {
        "row_number": row_number,
        "breakdown_name": breakdown,
        "item_name": item,
        "project_count": count,
        "started_count": count,
        **amounts,
        **more,
    }


def summary_reading(unit_code: str, month: date, classes: list[dict[str, Any]]) -> WorkbookReading:
    """A workbook of a city or province: a cover and these classes."""
    book = workbook_reading(unit_code, month)
    book.sheets = {"cover": book.sheets["cover"], "summary": sheet_reading("summary", classes)}
    return book


def _letter(index: int) -> str:
    return (chr(ord("A") + index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)

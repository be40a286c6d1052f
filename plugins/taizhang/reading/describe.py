"""A reading as plain data, ready for JSON: what the reader understood of a workbook."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from taizhang.decimals import json_number
from taizhang.reading.result import ReadColumn, SheetReading, WorkbookReading


def describe(reading: WorkbookReading) -> dict[str, Any]:
    """Return unit, month, sheets and issues; figures as numbers, dates in ISO form, spans as [first, after]."""
    return {
        "file_name": reading.file_name,
        "unit": reading.unit_code,
        "unit_name": reading.unit_name,
        "month": f"{reading.report_month:%Y-%m}",
        "template_version": reading.template_version,
        "sheets": [_sheet(sheet) for sheet in reading.sheets.values()],
        "issues": [
            {
                "kind": issue.kind.value,
                "sheet": issue.sheet,
                "sheet_title": issue.sheet_title,
                "row": issue.row_number,
                "column": issue.column_name,
                "cell": issue.cell,
                "value": issue.value,
                "message_zh": issue.message_zh,
                "message_en": issue.message_en,
            }
            for issue in reading.issues
        ],
    }


def _sheet(sheet: SheetReading) -> dict[str, Any]:
    return {
        "sheet": sheet.sheet,
        "sheet_title": sheet.sheet_title,
        "header_rows": list(sheet.header_rows) if sheet.header_rows else None,
        "columns": [_column(column) for column in sheet.columns],
        "rows": [
            {"row": int(row.pop("row_number")), **{name: _plain(value) for name, value in row.items()}}
            for row in sheet.rows.to_dict("records")
        ],
        "totals": [
            {
                "row": total.row_number,
                "field": total.column_name,
                "kind": total.kind,
                "label": total.label,
                "value": _plain(total.value),
                "detail_rows": list(total.detail_rows),
            }
            for total in sheet.totals
        ],
        "skipped": [{"row": row.row_number, "reason": row.reason, "text": row.row_text} for row in sheet.skipped],
    }


def _column(column: ReadColumn) -> dict[str, Any]:
    return {
        "letter": column.letter,
        "header": column.header_path,
        "field": column.name,
        "unit": column.unit,
        "factor": _plain(column.factor),
        "decimals": column.decimals,
        "half_width": _plain(column.half_width),
    }


def _plain(value: object) -> Any:
    """Turn a typed value into JSON; TypeError for a type that no reading holds."""
    if isinstance(value, Decimal):
        return json_number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | bool | int | None):
        return value
    if isinstance(value, dict):
        return {str(name): _plain(other) for name, other in value.items()}
    if isinstance(value, Sequence):
        return [_plain(other) for other in value]
    raise TypeError(f"a reading holds no {type(value).__name__}")

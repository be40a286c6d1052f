"""A reading as the JSON submission that says the same, for platforms that start from workbooks."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from taizhang.dictionary import load_dictionary
from taizhang.reading.json_document import COVER, EXPLANATIONS, SHEETS, VERSION
from taizhang.reading.result import SheetReading, WorkbookReading
from taizhang.template import template_version


def submission_text(reading: WorkbookReading) -> str:
    """Return the JSON submission with the same rows, one item a line; figures with the decimals that they have.

    Rows that are no detail, columns of the unit's own and what could not be read are not in it.
    """
    tables = [
        f"    {_text(name)}: [\n{_lines(_items(sheet))}\n    ]"
        for name, sheet in reading.sheets.items()
        if name != COVER and sheet.row_numbers
    ]
    answers = [
        {"finding_key": answer.finding_key, "text": answer.text}
        | ({"submission_id": answer.submission_id} if answer.submission_id else {})
        for answer in reading.explanations
    ]
    parts = [
        f"  {_text(VERSION)}: {_text(template_version())}",
        f"  {_text(COVER)}: {_object(_cover(reading))}",
        f"  {_text(SHEETS)}: {{\n" + ",\n".join(tables) + "\n  }",
        *([f"  {_text(EXPLANATIONS)}: [\n{_lines(answers)}\n  ]"] if answers else []),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _cover(reading: WorkbookReading) -> dict[str, Any]:
    """The cover; unit and month also where the file had no cover."""
    sheet = reading.sheets.get(COVER)
    said = next(iter(_items(sheet)), {}) if sheet else {}
    named = {"reporting_unit": reading.unit_name, "report_period": f"{reading.report_month:%Y-%m}"}
    return named | {name: value for name, value in said.items() if value is not None and name != "report_period"}


def _items(sheet: SheetReading) -> list[dict[str, Any]]:
    """The rows, with every key whose column the file has, in the order of the dictionary."""
    columns = [column.name for column in load_dictionary()[sheet.sheet].columns if column.name in sheet.values]
    return [dict(zip(columns, row, strict=True)) for row in zip(*(sheet.values[name] for name in columns), strict=True)]


def _lines(items: Iterable[dict[str, Any]]) -> str:
    return ",\n".join(f"      {_object(item)}" for item in items)


def _object(item: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{_text(name)}: {_value(value)}" for name, value in item.items()) + "}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _value(value: Any) -> str:
    """Write a typed value; TypeError for a type that no reading holds."""
    if value is None or isinstance(value, str | bool | int):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return _text(f"{value:%Y-%m}")
    if isinstance(value, tuple):
        return _text(_days(*value))
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_value, value)) + "]"
    raise TypeError(f"a reading holds no {type(value).__name__}")


def _days(first: date, after: date) -> str:
    """Write an interval of days as a day, a month, a year, or its first and last day."""
    last = after - timedelta(days=1)
    if first == last:
        return first.isoformat()
    if first.day == after.day == 1 and (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    return f"{first.isoformat()}至{last.isoformat()}"

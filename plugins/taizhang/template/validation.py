"""Data validation of the template's cells: drop-down lists, limits, and the filling hints."""

from datetime import date
from typing import Any

from taizhang.dictionary import Column, ColumnType, Sheet
from taizhang.template.cells import NO, YES

LARGEST_AMOUNT = 99_999_999_999
LARGEST_RATE = 1_000
FIRST_DAY = date(1980, 1, 1)
LAST_DAY = date(2099, 12, 31)


def validation(sheet: Sheet, column: Column, list_range: str | None) -> dict[str, Any]:
    """Return xlsxwriter's data validation of one column; `list_range` is where the labels of its code list stand."""
    return {
        "ignore_blank": True,
        "input_title": column.label[:32],
        "input_message": _message(column),
        "error_title": column.label[:32],
        **_limit(sheet, column, list_range),
    }


def _message(column: Column) -> str:
    unit = f"单位：{column.unit}。" if column.unit else ""
    return f"{'【必填】' if column.required else ''}{column.hint}{unit}"[:255]


def _limit(sheet: Sheet, column: Column, list_range: str | None) -> dict[str, Any]:
    match column.type:
        case ColumnType.AMOUNT:
            # Only what was done in a month can be negative: a correction of earlier months.
            smallest = -LARGEST_AMOUNT if column.additivity == "additive" else 0
            return _between("decimal", smallest, LARGEST_AMOUNT, "请填写数字，单位万元，不带单位和文字。")
        case ColumnType.COUNT:
            return _between("integer", 0, LARGEST_AMOUNT, "请填写不小于0的整数。")
        case ColumnType.RATE:
            largest = 100 if _is_share(sheet, column) else LARGEST_RATE
            return _between("decimal", 0, largest, f"请填写0至{largest}之间的百分数，不带百分号。")
        case ColumnType.QUANTITY:
            return _between("decimal", 0, LARGEST_AMOUNT, "请填写不小于0的数字，单位填在“计量单位”栏。")
        case ColumnType.GROWTH:
            return _between("decimal", -100, LARGEST_RATE, "请填写同比增速的百分数，下降填负数，不带百分号。")
        case ColumnType.POINTS:
            message = "请填写百分点数，落后填负数，不带百分号和文字。"
            return _between("decimal", -LARGEST_RATE, LARGEST_RATE, message)
        case ColumnType.DATE:
            limit = _between("date", FIRST_DAY, LAST_DAY, "建议填写日期，如2024-03-15；只知道月份的写2024年3月。")
            return limit | {"error_type": "warning"}
        case ColumnType.FLAG:
            return {"validate": "list", "source": [YES, NO], "error_message": f"请选择{YES}或{NO}。"}
        case ColumnType.CHOICE:
            return {"validate": "list", "source": list_range, "error_message": "请从下拉列表中选择。"}
        case ColumnType.CHOICES:
            # One choice from the list, or several written with 、: the list helps and does not forbid.
            return {"validate": "list", "source": list_range, "show_error": False}
    return {"validate": "any"}


def _is_share(sheet: Sheet, column: Column) -> bool:
    """True if the denominator counts heads or is the whole of a breakdown: such a rate is never above 100 percent."""
    counts_heads = column.denominator is not None and sheet.column(column.denominator).type is ColumnType.COUNT
    return counts_heads or column.denominator_of == "breakdown"


def _between(kind: str, smallest: object, largest: object, error: str) -> dict[str, Any]:
    return {
        "validate": kind,
        "criteria": "between",
        "minimum": smallest,
        "maximum": largest,
        "error_message": error,
    }

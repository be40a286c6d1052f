"""What stands in a cell for a stored value: codes become labels, intervals of days become dates or months."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from taizhang.codelists import code_list
from taizhang.dictionary import Column, ColumnType

LIST_SEPARATOR = "、"
YES = "是"
NO = "否"

CellValue = str | float | date | None


def cell_value(column: Column, value: object) -> CellValue:
    """Return what the official workbook shows for a stored value of this column.

    Amounts are in 万元, rates in percent. KeyError for a code that the column's list does not know, TypeError for a
    value that is not of the column's type.
    """
    if _is_missing(value):
        return None
    match column.type:
        case _ if column.is_measure:
            return _number(value)
        case ColumnType.DATE:
            return _day(value)
        case ColumnType.MONTH if isinstance(value, date):
            return month_text(value)
        case ColumnType.FLAG if isinstance(value, bool | np.bool_):
            return YES if value else NO
        case ColumnType.CHOICE if column.code_list:
            return code_list(column.code_list).names[str(value)]
        case ColumnType.CHOICES if column.code_list and isinstance(value, list | tuple):
            names = code_list(column.code_list).names
            return LIST_SEPARATOR.join(names[code] for code in value) or None
        case ColumnType.TEXT | ColumnType.PROJECT_CODE:
            return str(value)
    raise TypeError(f"{column.name}: {value!r} is no {column.type}")


def month_text(month: date) -> str:
    """Write a month as people do, e.g. `2024年3月`."""
    return f"{month.year}年{month.month}月"


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _number(value: object) -> float | str:
    """A number as a float where that loses nothing, else as text."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    nearest = float(exact)
    return nearest if Decimal(repr(nearest)) == exact else format(exact, "f")


def _day(value: object) -> CellValue:
    """A day as a date; an interval (first day, day after the last) as day, month, year or as first and last day."""
    if isinstance(value, date):
        return value
    if not (isinstance(value, tuple) and len(value) == 2):
        raise TypeError(f"{value!r} is neither a day nor an interval of days")
    first, after = value
    last = after - timedelta(days=1)
    if first == last:
        return date(first.year, first.month, first.day)
    if first.day == 1 and after.day == 1:
        if (first.year, first.month) == (last.year, last.month):
            return month_text(first)
        if first.month == 1 and after == date(first.year + 1, 1, 1):
            return f"{first.year}年"
    return f"{first:%Y-%m-%d}至{last:%Y-%m-%d}"

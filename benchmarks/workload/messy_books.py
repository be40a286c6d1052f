"""Workbooks as many counties send them: own titles, units in headers or in a corner, numbers as text, a total row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Literal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from benchmarks.workload.projects import Columns
from benchmarks.workload.units import Unit
from demo.chance import seeded
from demo.mess import INDISTINCT_ALIASES
from taizhang.dictionary import Column, ColumnType, load_dictionary
from taizhang.template import TableLayout
from taizhang.template.cells import CellValue, cell_value, month_text
from taizhang.template.layout import OF_WHICH

TYPED_SHARE = 0.12
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
NUMBERS: tuple[Callable[[float], str], ...] = (
    lambda value: f"{value:.15g}",
    lambda value: f"{Decimal(repr(value)):,f}".removesuffix(".0"),
    lambda value: f"{value:.15g}".translate(FULL_WIDTH),
)


@dataclass(frozen=True)
class Habit:
    """How a unit writes: in 亿元, with units in a corner only, some figures as text, dates in words."""

    in_yi: bool = False
    corner: bool = False
    typed: bool = False
    dates: Literal["day", "chinese", "dots"] = "day"
    none_mark: str | None = None
    aliases: bool = False


HABITS = (
    Habit(),
    Habit(corner=True, typed=True, dates="chinese", none_mark="—"),
    Habit(in_yi=True, dates="dots", none_mark="/", aliases=True),
)


def write_messy(path: Path, unit: Unit, month: date, sheets: dict[str, Columns], habit: Habit) -> None:
    """Write a workbook of stored values in a unit's own way; every figure keeps its value."""
    random = seeded(f"{unit.code} {month} habits")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(path, options) as workbook:
        workbook.set_properties({"created": datetime(month.year, month.month, 1)})
        head = workbook.add_format({"bold": True, "align": "center", "text_wrap": True, "border": 1})
        dates = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for definition in load_dictionary().values():
            columns = sheets.get(definition.sheet)
            if not columns:
                continue
            worksheet = workbook.add_worksheet(definition.title)
            if definition.layout == "form":
                _write_cover(worksheet, definition.columns, columns, dates)
                continue
            layout = TableLayout(definition)
            _write_head(worksheet, layout, unit, month, habit, head, random)
            _write_rows(worksheet, layout, columns, habit, dates, random)


def _write_cover(worksheet: Worksheet, columns: tuple[Column, ...], values: Columns, dates: Format) -> None:
    worksheet.write_string(0, 0, "重大项目月报")
    for row, column in enumerate(columns, start=2):
        worksheet.write_string(row, 0, column.label)
        _write(worksheet, row, 1, cell_value(column, values[column.name][0]), dates)


def _write_head(
    worksheet: Worksheet, layout: TableLayout, unit: Unit, month: date, habit: Habit, head: Format, random: Random
) -> None:
    """A title, a line with the unit and perhaps the units of figures, and the header."""
    last = len(layout.columns) - 1
    worksheet.merge_range(0, 0, 0, last, f"{unit.name}{month_text(month)}{layout.sheet.title}情况表", head)
    worksheet.write_string(1, 0, f"填报单位：{unit.name}")
    if habit.corner:
        worksheet.write_string(1, last, layout.unit_line)
    for cell in layout.header_cells():
        text = cell.text if cell.text == OF_WHICH else _header(layout.columns[cell.first_column], habit, random)
        if (cell.first_row, cell.first_column) == (cell.last_row, cell.last_column):
            worksheet.write_string(cell.first_row, cell.first_column, text, head)
        else:
            worksheet.merge_range(cell.first_row, cell.first_column, cell.last_row, cell.last_column, text, head)


def _header(column: Column, habit: Habit, random: Random) -> str:
    label = column.label
    if habit.aliases and random.random() < 0.4:
        known = [alias for alias in column.aliases if alias not in INDISTINCT_ALIASES and not set("{%") & set(alias)]
        label = random.choice([label, *known])
    if not column.unit or habit.corner:
        return label
    is_yi = habit.in_yi and column.type is ColumnType.AMOUNT
    return f"{label}（{'亿元' if is_yi else column.unit}）"


def _write_rows(
    worksheet: Worksheet, layout: TableLayout, columns: Columns, habit: Habit, dates: Format, random: Random
) -> None:
    """Write the rows, and below those of the projects their total."""
    first, is_progress = layout.first_data_row, layout.sheet.sheet == "project_progress"
    count = len(next(iter(columns.values())))
    for place, column in enumerate(layout.columns):
        values = columns.get(column.name)
        if values is None:
            continue
        scale = Decimal(10_000) if habit.in_yi and column.type is ColumnType.AMOUNT else None
        for row, value in enumerate(values, start=first):
            _write(worksheet, row, place, _typed(column, value, scale, habit, random), dates)
        if is_progress and column.type is ColumnType.AMOUNT:
            total = Decimal(sum(value for value in values if value is not None))
            worksheet.write_number(first + count, place, float(total / scale if scale else total))
    if is_progress:
        worksheet.write_string(first + count, 1, "合计")


def _typed(column: Column, value: object, scale: Decimal | None, habit: Habit, random: Random) -> CellValue:
    """What the unit types for a stored value."""
    if value is None:
        return habit.none_mark if column.type in (ColumnType.AMOUNT, ColumnType.DATE) else None
    if scale is not None and isinstance(value, int | Decimal):
        value = Decimal(value) / scale
    shown = cell_value(column, value)
    if isinstance(shown, date) and habit.dates != "day":
        chinese = habit.dates == "chinese"
        return f"{shown.year}年{shown.month}月{shown.day}日" if chinese else f"{shown.year}.{shown.month}.{shown.day}"
    if habit.typed and isinstance(shown, float) and column.type is ColumnType.AMOUNT and random.random() < TYPED_SHARE:
        return random.choice(NUMBERS)(shown)
    return shown


def _write(worksheet: Worksheet, row: int, place: int, value: CellValue, dates: Format) -> None:
    if isinstance(value, float):
        worksheet.write_number(row, place, value)
    elif isinstance(value, date):
        worksheet.write_datetime(row, place, datetime(value.year, value.month, value.day), dates)
    elif value is not None:
        worksheet.write_string(row, place, value)

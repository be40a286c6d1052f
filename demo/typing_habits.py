"""How units type what stands in a cell: figures as text, dates in words, marks for nothing."""

from datetime import date
from decimal import Decimal
from random import Random

from demo.book import DETAIL, Cell, Table
from demo.styles import Style
from taizhang.dictionary import Column, ColumnType, sheet

TYPED_SHARE = 0.12
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
CHINESE_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
EXCEL_EPOCH = date(1899, 12, 30)
MARKED_TYPES = (ColumnType.AMOUNT, ColumnType.DATE, ColumnType.PROJECT_CODE)


def retype(table: Table, style: Style, random: Random) -> None:
    """Type the cells of a table as a unit of this style does; no figure changes its value.

    Dates of the styles `numerals` and `month_dot` lose their day, as people write them.
    """
    for column in sheet(table.sheet).columns:
        for line in table.lines:
            value = line.cells.get(column.name)
            if column.type is ColumnType.RATE and isinstance(value, float):
                line.cells[column.name] = _rate(value, style)
            elif column.type is ColumnType.POINTS and isinstance(value, float):
                line.cells[column.name] = _points(value, style)
            elif column.type is ColumnType.AMOUNT and isinstance(value, float):
                line.cells[column.name] = _amount(value, style, random)
            elif column.type is ColumnType.DATE and isinstance(value, date):
                line.cells[column.name] = written_date(value, style)
            elif value is None and line.kind == DETAIL and style.none_marks and column.type in MARKED_TYPES:
                line.cells[column.name] = random.choice(style.none_marks)
            elif column.name == "sequence_no" and isinstance(value, str):
                line.cells[column.name] = float(value)
    _approximate(table, style, random)


def written_date(day: date, style: Style) -> Cell:
    """Write a day in a unit's way."""
    match style.dates:
        case "dot":
            return f"{day.year}.{day.month}.{day.day}"
        case "chinese":
            return f"{day.year}年{day.month}月{day.day}日"
        case "numerals":
            return f"{str(day.year).translate(CHINESE_DIGITS)}年{CHINESE_MONTHS[day.month - 1]}月"
        case "month_dot":
            return f"{day.year}.{day.month}"
        case "serial":
            return float((day - EXCEL_EPOCH).days)
    return day


def _rate(value: float, style: Style) -> Cell:
    exact = Decimal(repr(value))
    if style.rates == "fraction":
        return float(exact / 100)
    return f"{exact.normalize():f}%" if style.rates == "text" else value


def _points(value: float, style: Style) -> Cell:
    """Write a gap to the schedule in words where rates are written as text."""
    if style.rates != "text":
        return value
    return f"{'落后' if value < 0 else '超'}{abs(Decimal(repr(value))).normalize():f}个百分点"


def _amount(value: float, style: Style, random: Random) -> Cell:
    if not style.numbers or random.random() > TYPED_SHARE:
        return value
    exact = Decimal(f"{value:.15g}")
    match random.choice(style.numbers):
        case "thousands":
            return f"{exact:,f}"
        case "fullwidth":
            return f"{exact:f}".translate(FULL_WIDTH)
    return f"{exact:f}"


def _approximate(table: Table, style: Style, random: Random) -> None:
    """Write 约 before some of the funds paid."""
    columns: tuple[Column, ...] = sheet(table.sheet).columns
    if table.sheet != "project_progress" or not any(column.name == "funds_paid_wan" for column in columns):
        return
    paid = [line for line in table.details if isinstance(line.cells["funds_paid_wan"], float)]
    for line in random.sample([line for line in paid if line.cells["funds_paid_wan"]], style.approximate):
        line.cells["funds_paid_wan"] = f"约{line.cells['funds_paid_wan']:.15g}"

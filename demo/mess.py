"""What units make of the official workbook: rows, columns and headers; cells are the matter of `typing_habits`."""

from copy import deepcopy
from decimal import Decimal
from random import Random

from demo.book import BAND, DETAIL, TOTAL, Book, Cell, Line, Table
from demo.chance import seeded
from demo.styles import Style
from demo.typing_habits import retype
from taizhang.codelists import code_list
from taizhang.dictionary import Column, ColumnType, sheet
from taizhang.template.cells import LIST_SEPARATOR, month_text

NUMERALS = "一二三四五六七八九十"
YI_FACTOR = Decimal(10_000)
EXTRA_VALUES = ("已入库", "未入库", "办理中", None)
INVESTMENT_BAND = ("投资完成情况", "completed_before_year_wan", "since_start_wan")
FUNDS_BAND = ("资金情况", "funds_received_wan", "funds_paid_wan")
INDISTINCT_ALIASES = {"类别", "县", "累计", "说明", "签约", "前期", "竣工"}


def roughen(book: Book, style: Style) -> None:
    """Change a clean book in place into what a unit with this style sends; every figure keeps its value."""
    if style.is_clean:
        return
    random = seeded(f"{book.unit.unit_code} {book.month} mess")
    for table in book.tables:
        is_progress = table.sheet == "project_progress"
        if is_progress:
            _add_own_columns(table, style, random)
        _convert_units(table, style, is_progress)
        if is_progress:
            _arrange(table, style)
            _add_totals(table, style)
        _rename_headers(table, style, is_progress, book.month.month, random)
        retype(table, style, random)
        if is_progress:
            _hide_copies(table, style, random)
        _fill(table, style)
        _retitle(table, book, style)
    if style.hidden_sheet:
        copy = deepcopy(book.table("project_progress"))
        copy.title = style.hidden_sheet
        book.hidden_tables.append(copy)


def add_up(lines: list[Line], columns: tuple[Column, ...]) -> dict[str, Cell]:
    """Sums of the figures of some lines, exact; rates from the sums, in percent with two decimals."""
    sums: dict[str, Decimal] = {}
    cells: dict[str, Cell] = {}
    for column in columns:
        if column.type in (ColumnType.AMOUNT, ColumnType.COUNT):
            values = [line.cells.get(column.name) for line in lines]
            sums[column.name] = sum((Decimal(repr(value)) for value in values if isinstance(value, float)), Decimal(0))
            cells[column.name] = float(sums[column.name])
    return cells


def _add_own_columns(table: Table, style: Style, random: Random) -> None:
    for header in style.extra_columns:
        table.headers[header] = header
        for line in table.lines:
            line.cells[header] = random.choice(EXTRA_VALUES)


def _convert_units(table: Table, style: Style, is_progress: bool) -> None:
    """Give amounts in 亿元 instead of 万元: exactly, a float of at most 15 digits."""
    columns = sheet(table.sheet).columns
    amounts = [column.name for column in columns if column.type is ColumnType.AMOUNT]
    in_yi = [name for name in amounts if (name in style.yi if is_progress else style.summary_yi)]
    for name in in_yi:
        table.headers[name] = table.headers[name].replace("万元", "亿元")
        for line in table.lines:
            value = line.cells[name]
            if isinstance(value, float):
                line.cells[name] = float(Decimal(repr(value)) / YI_FACTOR)


def _arrange(table: Table, style: Style) -> None:
    """Group the rows by nature or list under band rows, and by place where that is merged or left blank."""
    if style.fill:
        table.lines.sort(key=lambda line: str(line.cells["project_location"]))
    if not style.group_by:
        return
    column = sheet(table.sheet).column(style.group_by)
    labels = code_list(column.code_list or "").labels
    columns = sheet(table.sheet).columns
    arranged: list[Line] = []
    bands = 0
    for label in labels:
        members = [line for line in table.lines if _last_label(line.cells[style.group_by]) == label]
        if members:
            band = f"{NUMERALS[bands]}、{label}项目（{len(members)}个）"
            bands += 1
            arranged += [Line(BAND, {}, band), *members]
            if style.subtotals:
                arranged.append(Line(TOTAL, add_up(members, columns), "小计"))
    if sum(line.kind == DETAIL for line in arranged) != len(table.lines):
        raise ValueError(f"{style.group_by} does not group every row")
    table.lines = arranged


def _last_label(value: Cell) -> str:
    return str(value).split(LIST_SEPARATOR)[-1]


def _add_totals(table: Table, style: Style) -> None:
    if style.total:
        total = Line(TOTAL, add_up(table.details, sheet(table.sheet).columns), "合计")
        table.lines.insert(0 if style.total == "top" else len(table.lines), total)


def _rename_headers(table: Table, style: Style, is_progress: bool, month: int, random: Random) -> None:
    """Take an alias for some headers; leave out units that the unit line states."""
    stated = style.unit_line or ""
    for column in sheet(table.sheet).columns:
        header = table.headers[column.name]
        unit = header.removeprefix(column.label).strip("()")
        name = column.label
        if style.aliases and random.random() < 0.6:
            aliases = [alias for alias in column.aliases if alias not in INDISTINCT_ALIASES and "%" not in alias]
            name = random.choice([*aliases, column.label]).replace("{month}", str(month))
        in_line = unit in stated and not (unit == "亿元" and "万元" in stated)
        unit_stays = bool(unit) and not (style.unit_line and (in_line or unit == "个"))
        if column.type in (ColumnType.RATE, ColumnType.POINTS) and style.rates != "plain":
            unit_stays = False
        table.headers[column.name] = f"{name}（{unit}）" if unit_stays else name
    if style.three_rows and is_progress:
        table.bands = [INVESTMENT_BAND, FUNDS_BAND]


def _hide_copies(table: Table, style: Style, random: Random) -> None:
    """Add hidden copies of rows: someone's working copies, which must not count."""
    for original in random.sample(table.details, style.hidden_rows):
        copy = deepcopy(original)
        copy.hidden = True
        place = next(place for place, line in enumerate(table.lines) if line is original)
        table.lines.insert(place + 1, copy)


def _fill(table: Table, style: Style) -> None:
    """Merge or leave blank the places and organisations that repeat from row to row."""
    names = [column.name for column in sheet(table.sheet).columns if column.fill_down]
    if style.fill == "merge":
        table.merged = names
    if style.fill == "blank":
        above: dict[str, Cell] = {}
        for line in table.details:
            for name in names:
                value = line.cells[name]
                line.cells[name] = None if value == above.get(name) else value
                above[name] = value


def _retitle(table: Table, book: Book, style: Style) -> None:
    texts = {"unit": book.unit.unit_name, "period": month_text(book.month)}
    last = len(table.headers) - 1
    rows: list[dict[int, str]] = [{0: title.format(**texts)} for title in style.titles]
    unit_line = style.unit_line or next(text for row in table.above for text in row.values() if "单位：" in text)
    if table.sheet == "summary" and style.summary_yi and style.unit_line:
        unit_line = unit_line.replace("万元", "亿元")
    rows.append({0: f"填报单位：{book.unit.unit_name}", last: unit_line})
    table.above = rows

"""Tables in a report's text: rows parted by tabs, blanks or bars, with headers that carry units."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from taizhang.report_audit.blocks import Block
from taizhang.report_audit.classify import Around, Classified, classify
from taizhang.report_audit.printed import printed_interval
from taizhang.report_audit.quantities import Quantity, find_quantities
from taizhang.report_audit.wording import Unit, any_of, load, units

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_HEADER_UNIT = re.compile(r"[(\[/](?:单位:)?(?P<unit>[^()\[\]/]{1,8})[)\]]?$")
_UNIT_LINE = re.compile(r"(?:金额)?单位:(?P<units>[^。;)]{1,24})")


@dataclass(frozen=True)
class TableFigure:
    """One figure of a table: its row's label and its column's header; `line` counts all rows, `row` those of data."""

    block: Block
    found: Classified
    label: str
    header: str
    row: int
    column: int
    label_header: str
    is_total_row: bool
    line: int


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    read = load("tables.yml")
    return (
        re.compile(rf"^(?:{any_of(read['totals'])})(?:数|情况)?$"),
        re.compile("|".join(read["counts"])),
        re.compile("|".join(read["no_figures"])),
    )


def read_table(rows: Sequence[Block], unit_line: str) -> Iterator[TableFigure]:
    """Read consecutive rows as one table; `unit_line` is the text above it, which may say 单位：万元.

    The rows above the first one with a number are the header; a table without one is left alone.
    """
    rows = _without_gaps(rows)
    cells = [[row.text[start:end] for start, end in row.cells] for row in rows]
    first = next((number for number, row in enumerate(cells) if _is_data(row)), None)
    if not first:
        return
    headers = cells[first - 1]
    known = _UNIT_LINE.search(unit_line) or next(
        (found for row in cells[:first] for cell in row if (found := _UNIT_LINE.search(cell))), None
    )
    totals = _words()[0]
    label_column = _label_column(cells[first:], len(headers))
    for number, row in enumerate(cells[first:]):
        label = row[label_column] if label_column < len(row) else ""
        is_total = bool(totals.match(label) or (row and totals.match(row[0])))
        # A row with fewer cells than the header has lost some: which, cannot be told.
        if len(row) != len(headers):
            continue
        for column, cell in enumerate(row):
            figure = _figure(rows[first + number], column, cell, headers[column], known["units"] if known else "")
            if column != label_column and figure is not None:
                yield TableFigure(
                    rows[first + number], figure, label, _bare(headers[column]), number, column,
                    _bare(headers[label_column]), is_total, first + number,
                )  # fmt: skip


def _without_gaps(rows: Sequence[Block]) -> Sequence[Block]:
    """Rows that are lined up with several tabs: when all are as long without empty cells, these were none."""
    full = [replace(row, cells=tuple((start, end) for start, end in row.cells if end > start)) for row in rows]
    are_even = len({len(row.cells) for row in full}) == 1
    return full if are_even and len({len(row.cells) for row in rows}) > 1 else rows


def _is_data(row: list[str]) -> bool:
    return sum(bool(_NUMBER.match(cell)) for cell in row) >= max(1, len(row) // 2)


def _label_column(rows: list[list[str]], width: int) -> int:
    """The first column that is not all numbers: 序号 stands before the names."""
    for column in range(width):
        if any(not _NUMBER.fullmatch(row[column]) for row in rows if column < len(row) and row[column]):
            return column
    return 0


def _bare(header: str) -> str:
    return _HEADER_UNIT.sub("", header)


def _figure(row: Block, column: int, cell: str, header: str, unit_line: str) -> Classified | None:
    if _words()[2].search(header):
        return None
    start, end = row.cells[column]
    words = Around(_bare(header), _bare(header), "")
    own = [one for one in find_quantities(cell) if one.unit.kind != "bare"]
    if len(own) == 1 and own[0].text == cell:
        return classify(replace(own[0], start=start, end=end, stop=end), words)
    if not _NUMBER.fullmatch(cell):
        return None
    unit = _unit_of(header, unit_line)
    if unit is None:
        return None
    digits = cell.replace(",", "")
    places = len(digits.partition(".")[2])
    value = Decimal(digits) * unit.factor
    quantity = Quantity(start, end, end, cell, value, unit, places, printed_interval(value, places, unit))
    return classify(quantity, words)


def _unit_of(header: str, unit_line: str) -> Unit | None:
    """The unit of a column: its own, pieces where it counts, else that of the unit line that suits it."""
    if own := _HEADER_UNIT.search(header):
        return units().get(own["unit"])
    named = [units()[name] for name in re.split(r"[、,，/]", unit_line) if name in units()]
    if _words()[1].search(header):
        return next((unit for unit in named if unit.kind == "count"), units()["个"])
    if re.search(r"率|占比|比重|增速|增长|%|比例", header):
        return units()["%"]
    money = [unit for unit in named if unit.kind == "amount"]
    return money[0] if len(money) == 1 else None

"""Workbooks to mark, and the same result written from nothing by xlsxwriter, as a peer would."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from io import BytesIO
from random import Random
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from taizhang.feedback.marking import mark_workbook
from taizhang.feedback.model import Feedback, Remark
from taizhang.feedback.styling import COLOURS
from taizhang.reading.answers import OPINION_TITLE

SHEET = "项目进展"
COLUMNS, HEADER_ROWS, CHECKS = 45, 3, 6
ADVICE = "请核对原始凭证，改正后重新报送；确属实情的，在“填报说明”中写明原因。"


@dataclass(frozen=True)
class MarkedBook:
    """A workbook of some rows in which so many cells have a finding; the same numbers give the same workbook."""

    rows: int
    findings: int

    @cached_property
    def values(self) -> list[list[Any]]:
        """The rows: headers, then texts, dates and amounts as a county fills them in."""
        chance = Random(self.rows)  # noqa: S311
        headers = [[f"{level}级表头{column}" for column in range(COLUMNS)] for level in range(HEADER_ROWS)]
        return headers + [_project(chance, number) for number in range(1, self.rows + 1)]

    @cached_property
    def sent(self) -> bytes:
        """The workbook that was sent."""
        return _written({SHEET: self.values}, {})

    @cached_property
    def feedback(self) -> Feedback:
        """What is to be said: findings of a few checks on cells that chance picks."""
        chance = Random(self.findings)  # noqa: S311
        cells = chance.sample(range(self.rows * 30), self.findings)
        remarks = [_remark(number, cell) for number, cell in enumerate(cells)]
        counts = Counter((remark.level, remark.check_id) for remark in remarks)
        month, due = date(2026, 3, 1), date(2026, 4, 20)
        return Feedback(1, "621122", "陇西县", month, "月报.xlsx", "accepted", due, remarks, counts)

    def ours(self) -> bytes:
        """Mark the workbook that was sent."""
        return mark_workbook(self.sent, self.feedback)

    def peer(self) -> bytes:
        """Write the same cells, fills and comments with xlsxwriter; nothing of the layout is kept."""
        return _written(self.result, {remark.place: remark for remark in self.feedback.remarks if remark.place})

    @cached_property
    def result(self) -> dict[str, list[list[Any]]]:
        """The sheets of our result as calamine reads them: what the peer is given to write."""
        return cells_of(self.ours())


def cells_of(book: bytes) -> dict[str, list[list[Any]]]:
    """The values of every sheet; the numbers of each are of one type, whoever wrote them."""
    opened = CalamineWorkbook.from_filelike(BytesIO(book))
    return {name: opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


def _project(chance: Random, number: int) -> list[Any]:
    amounts = [round(chance.uniform(0, 90_000), 2) for _ in range(COLUMNS - 15)]
    texts = [
        f"{word}{chance.randrange(500)}" for word in ("建设地点", "建设内容及规模", "责任单位", "手续", "备注") * 2
    ]
    days = [datetime(2026, chance.randint(1, 12), chance.randint(1, 28)) for _ in range(3)]
    return [number, f"第{number}号重大项目", *amounts, *texts, *days]


def _remark(number: int, cell: int) -> Remark:
    row, column = divmod(cell, 30)
    check = f"R{number % CHECKS:02}"
    return Remark(
        f"{number:032x}",
        f"{check}_check",
        check,
        ("block", "warn", "info")[number % 3],
        f"本年累计 {number}.5 ≠ 上月累计 {number}.0 + 本月 1.0，相差 0.5 万元",
        SHEET,
        xlsxwriter.utility.xl_rowcol_to_cell(row + HEADER_ROWS, column + 2),
        f"{number}.5",
        f"第{row + 1}号重大项目",
        ADVICE,
    )


def _written(sheets: dict[str, list[list[Any]]], marks: dict[tuple[int, int], Remark]) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        formats = _Formats(book)
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    remark = marks.get((row + 1, column)) if title == SHEET else None
                    _write(sheet, row, column, value, formats.of(value, remark, title))
                    if remark:
                        sheet.write_comment(row, column, f"{remark.check_id}\n{remark.message}\n{remark.advice}")
    return target.getvalue()


class _Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.made: dict[tuple[str, str | None], Any] = {}

    def of(self, value: Any, remark: Remark | None, title: str) -> Any:
        kind = "day" if isinstance(value, date) else "amount" if isinstance(value, float) else "text"
        key = (kind if title == SHEET else OPINION_TITLE, remark.level if remark else None)
        if key not in self.made:
            given: dict[str, Any] = {"border": 1, "text_wrap": title != SHEET}
            given |= {"day": {"num_format": "yyyy-mm-dd"}, "amount": {"num_format": "#,##0.00"}}.get(kind, {})
            given |= {"bg_color": f"#{COLOURS[remark.level][2:]}"} if remark else {}
            self.made[key] = self.book.add_format(given)
        return self.made[key]


def _write(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, str):
        # A text that begins with = stays a text.
        sheet.write_string(row, column, value, style)
    else:
        sheet.write(row, column, value, style)

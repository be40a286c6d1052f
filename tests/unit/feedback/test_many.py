"""A submission of 5,000 rows with a finding in each: its feedback stays a workbook that people can use."""

from io import BytesIO

import xlsxwriter
from lxml import etree
from python_calamine import CalamineWorkbook

from taizhang.feedback.marking import MOST_NOTES, mark_workbook
from taizhang.feedback.opinion import SHOWN_PER_RULE
from tests.unit.feedback.workbooks import PROGRESS, feedback, parts_of, remark

ROWS, COLUMNS = 5_000, 45


def large_workbook() -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True, "in_memory": True}) as book:
        sheet = book.add_worksheet(PROGRESS)
        for row in range(ROWS):
            sheet.write_row(row, 0, [f"项目{row}", *(row * column / 7 for column in range(1, COLUMNS))])
    return target.getvalue()


def test_five_thousand_findings_give_a_usable_workbook():
    sent = large_workbook()
    # Two rules, one of which is broken in almost every row, and some cells that break both.
    remarks = [remark(f"C{row}", "block", row) for row in range(1, 4_801)]
    remarks += [remark(f"C{row}", "warn", row + 9_000) for row in range(1, 201)]
    marked = mark_workbook(sent, feedback(*remarks))

    book = CalamineWorkbook.from_filelike(BytesIO(marked))
    assert book.sheet_names == ["核查意见", "核查意见（续）", PROGRESS]
    first, more = (book.get_sheet_by_name(title).to_python() for title in book.sheet_names[:2])
    keys = [row[0] for row in (*first, *more) if row[0] and len(row[0]) == 32]
    assert len(keys) == len(set(keys)) == 5_000
    assert sum(len(row[0]) == 32 for row in first) == 2 * SHOWN_PER_RULE
    assert len(first) < 120

    parts = parts_of(marked)
    comments = etree.fromstring(parts["xl/comments1.xml"]).xpath("//@ref")
    assert len(comments) == len(set(comments)) == 4_800 <= MOST_NOTES
    boxes = etree.fromstring(parts["xl/drawings/vmlDrawing1.vml"])
    numbers = boxes.xpath("//*[local-name()='shape']/@id")
    assert len(numbers) == len(set(numbers)) == 4_800
    (blocks,) = boxes.xpath("//*[local-name()='idmap']/@data")
    assert {int(number.removeprefix("_x0000_s")) // 1024 for number in numbers} <= set(map(int, blocks.split(",")))

    before = CalamineWorkbook.from_filelike(BytesIO(sent)).get_sheet_by_name(PROGRESS).to_python()
    assert book.get_sheet_by_name(PROGRESS).to_python() == before
    assert len(before) == ROWS
    assert len(marked) < 2 * len(sent)

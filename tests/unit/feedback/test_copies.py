"""Copies of .xls and .csv files: the reader finds in the copy what it finds in the file."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from demo.book import Book, open_book
from demo.files import write_csv, write_xls
from demo.materials import prefectures
from demo.months import INVENTED, cover_values, progress_rows, summary_rows
from taizhang.codelists import reporting_units
from taizhang.feedback.copies import copy_as_xlsx
from taizhang.feedback.delivery import make_workbook
from taizhang.feedback.styling import COLOURS
from taizhang.reading.package import open_package
from taizhang.reading.workbook import read_workbook
from taizhang.template import write_workbook
from tests.unit.feedback.workbooks import feedback, remark

UNIT = reporting_units().units["621124"]
MARCH = date(2024, 3, 1)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """临洮县's workbook of March, with a hidden row and a hidden sheet."""
    path = tmp_path_factory.mktemp("book") / "clean.xlsx"
    months = prefectures()[UNIT.parent_region_code]["months"]
    projects = progress_rows(UNIT, months, MARCH, zero_source=Decimal(0))
    classes = summary_rows(projects, MARCH, INVENTED)
    rows = {"project_progress": projects, "summary": classes}
    frames = {name: pd.DataFrame(one, dtype=object) for name, one in rows.items()}
    write_workbook(path, UNIT.unit_code, MARCH, cover_values(UNIT, MARCH), frames)
    opened = open_book(path, UNIT, MARCH)
    opened.tables[0].lines[2].hidden = True
    return opened


@pytest.mark.parametrize(("ending", "write"), [("xls", write_xls), ("csv", write_csv)])
def test_the_copy_reads_like_the_file(book: Book, tmp_path: Path, ending: str, write: Callable[[Book, Path], None]):
    sent, copied = tmp_path / f"临洮县2024年3月重大项目月报.{ending}", tmp_path / "copy.xlsx"
    write(book, sent)
    if ending == "csv":
        sent.read_bytes().decode("gb18030")
    copied.write_bytes(make_workbook(sent, feedback(remark("H6", sheet_title=None))))
    before, after = read_workbook(sent), read_workbook(copied, sent.name)
    assert "project_progress" in before.sheets
    assert before.sheets.keys() == after.sheets.keys()
    for name, sheet in before.sheets.items():
        pd.testing.assert_frame_equal(after.sheets[name].rows, sheet.rows)
        assert after.sheets[name].columns == sheet.columns
        assert after.sheets[name].skipped == sheet.skipped
    assert after.issues == before.issues
    assert len(before.sheets["project_progress"].rows) > 50


def test_the_copy_is_marked_and_says_what_it_is(book: Book, tmp_path: Path):
    sent = tmp_path / "临洮县2024年3月重大项目月报.xls"
    write_xls(book, sent)
    title = book.tables[0].title
    marked = openpyxl.load_workbook(BytesIO(make_workbook(sent, feedback(remark("C6", sheet_title=title)))))
    assert marked[title]["C6"].fill.fgColor.rgb == COLOURS["block"]
    assert marked[title]["C6"].comment is not None
    assert marked.worksheets[0]["E5"].value.startswith("原文件为 .xls 格式")
    assert marked[title].row_dimensions[open_row(marked, title)].hidden


def open_row(marked: openpyxl.Workbook, title: str) -> int:
    """The hidden row of the copy."""
    (number,) = [number for number, row in marked[title].row_dimensions.items() if row.hidden]
    return int(number)


def test_texts_stay_texts_and_numbers_numbers(tmp_path: Path):
    sent = tmp_path / "月报.csv"
    rows = ["序号,代码,金额,备注", "1,0012,12.50,=1+1", "2,620000202403150001,-3,+cmd", "3,1e5,1,005.5,@a"]
    sent.write_bytes("\r\n".join(rows).encode("gb18030"))
    sheet = openpyxl.load_workbook(BytesIO(copy_as_xlsx(open_package(sent)))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_col=4)] == [
        ["序号", "代码", "金额", "备注"],
        [1, "0012", 12.5, "=1+1"],
        [2, "620000202403150001", -3, "+cmd"],
        [3, "1e5", 1, "005.5"],
    ]
    assert sheet["D2"].data_type == "s"
    assert sheet["C2"].number_format == "0.00"


def test_a_package_that_cannot_be_edited_is_copied(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    from tests.unit.feedback.workbooks import PROGRESS, parts_of, rich_workbook, with_parts

    sheet = parts_of(rich_workbook())["xl/worksheets/sheet2.xml"]
    broken = with_parts(rich_workbook(), {"xl/worksheets/sheet2.xml": sheet.replace(b"</worksheet>", b"</worksheet>x")})
    sent = tmp_path / "月报.xlsx"
    sent.write_bytes(broken)
    marked = openpyxl.load_workbook(BytesIO(make_workbook(sent, feedback(remark("D4")))))
    assert marked[PROGRESS]["D4"].value == 1200.05
    assert marked[PROGRESS]["D4"].fill.fgColor.rgb == COLOURS["block"]
    assert marked.worksheets[0]["E5"].value.startswith("原文件内部结构不规范")
    assert "cannot be edited" in caplog.text

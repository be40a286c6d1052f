"""Sheets beside the official ones: not read, but named."""

from pathlib import Path

import openpyxl

from taizhang.reading.result import IssueKind
from taizhang.reading.workbook import read_workbook
from tests.unit.reading.books import issues, save


def test_hidden_sheets_are_not_read_but_named(tmp_path: Path) -> None:
    path = save(tmp_path / "陇西县2024年3月.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.copy_worksheet(workbook["项目进展"]).title = "上月"
    workbook["上月"].sheet_state = "hidden"
    workbook.save(path)
    reading = read_workbook(path)
    assert [issue.sheet_title for issue in issues(reading, IssueKind.HIDDEN_SHEET)] == ["上月"]
    assert len(reading.sheets["project_progress"].rows) == 2


def test_a_sheet_of_the_units_own_is_named_but_an_empty_one_is_not(tmp_path: Path) -> None:
    path = save(tmp_path / "陇西县2024年3月.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.create_sheet("Sheet2")
    workbook.create_sheet("招商情况").append(["企业", "意向"])
    workbook.save(path)
    reading = read_workbook(path)
    assert [issue.sheet_title for issue in issues(reading, IssueKind.SHEET_UNKNOWN)] == ["招商情况"]

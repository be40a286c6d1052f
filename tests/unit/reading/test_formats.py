"""The formats: .xls, .csv in its encodings, sheets by title or header, version mark, links."""

import datetime
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from taizhang.reading.result import IssueKind, WorkbookReading
from taizhang.reading.sheets import sheet_of_title
from taizhang.reading.workbook import read_workbook
from tests.unit.reading.books import COVER, DETAIL, HEADER, NAME, SUMMARY, issues, read, save, table, values

XLS = "陇西县2024年3月重大项目月报.xls"
CSV = "陇西县2024年3月重大项目月报.csv"


def save_xls(
    folder: Path, progress: list[list[Any]], *, hide: int | None = None, hidden_column: int | None = None
) -> Path:
    """Write an .xls workbook; hides one 0-based row or column of the progress sheet."""
    workbook = xlwt.Workbook(encoding="utf-8")
    for title, rows in {"封面": COVER, "项目进展": progress, "汇总": SUMMARY}.items():
        sheet = workbook.add_sheet(title)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, place, cell)
        if title == "项目进展" and hide is not None:
            sheet.row(hide).hidden = True
        if title == "项目进展" and hidden_column is not None:
            sheet.col(hidden_column).hidden = True
    workbook.save(str(folder / XLS))
    return folder / XLS


def same_tables(left: WorkbookReading, right: WorkbookReading) -> bool:
    """True when two readings hold the same rows."""
    return all(left.sheets[name].rows.equals(right.sheets[name].rows) for name in left.sheets) and bool(left.sheets)


def test_xls_reads_like_xlsx(tmp_path: Path) -> None:
    assert same_tables(read_workbook(save_xls(tmp_path, table())), read(tmp_path))


def test_hidden_row_in_xls(tmp_path: Path) -> None:
    reading = read_workbook(save_xls(tmp_path, table(), hide=3))
    assert [issue.row_number for issue in issues(reading, IssueKind.HIDDEN_ROW)] == [4]
    assert list(reading.sheets["project_progress"].rows["row_number"]) == [3]


def test_hidden_column_in_xls(tmp_path: Path) -> None:
    reading = read_workbook(save_xls(tmp_path, table(), hidden_column=4))
    assert [issue.cell for issue in issues(reading, IssueKind.HIDDEN_COLUMN)] == ["E2"]


def test_date_in_xls(tmp_path: Path) -> None:
    rows = table([*DETAIL[0], 45356], header=[*HEADER, "开工日期"])
    sheet = read_workbook(save_xls(tmp_path, rows)).sheets["project_progress"]
    assert values(sheet, "start_date") == [(datetime.date(2024, 3, 5), datetime.date(2024, 3, 6))]


def test_formula_without_value_in_xls(tmp_path: Path) -> None:
    rows = table([*DETAIL[0][:4], xlwt.Formula("D3/15"), *DETAIL[0][5:]])
    reading = read_workbook(save_xls(tmp_path, rows))
    assert [issue.cell for issue in issues(reading, IssueKind.FORMULA_WITHOUT_VALUE)] == ["E3"]
    assert values(reading.sheets["project_progress"], "month_completed_wan") == [None]


def test_an_xls_named_xlsx_is_read_by_its_content(tmp_path: Path) -> None:
    path = save_xls(tmp_path, table())
    assert read_workbook(path, NAME).unit_code == "621122"


def save_csv(folder: Path, encoding: str, delimiter: str = ",", rows: list[list[Any]] | None = None) -> Path:
    rows = rows or [["陇西县2024年3月重大项目进展表"], *table()]
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows]
    (folder / CSV).write_bytes("\r\n".join(lines).encode(encoding))
    return folder / CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_csv_encodings(tmp_path: Path, encoding: str) -> None:
    reading = read_workbook(save_csv(tmp_path, encoding))
    assert (reading.unit_code, f"{reading.report_month:%Y-%m}") == ("621122", "2024-03")
    assert list(reading.sheets) == ["project_progress"]
    assert values(reading.sheets["project_progress"], "project_name") == [row[1] for row in DETAIL]
    assert reading.issues == []


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_delimiters(tmp_path: Path, delimiter: str) -> None:
    assert len(read_workbook(save_csv(tmp_path, "utf-8", delimiter)).sheets["project_progress"].rows) == 2


def test_csv_takes_unit_and_month_from_its_name(tmp_path: Path) -> None:
    assert read_workbook(save_csv(tmp_path, "utf-8", rows=table())).unit_code == "621122"


def test_csv_with_a_quoted_line_break(tmp_path: Path) -> None:
    rows = table([1, '"渭河\n大桥"', *DETAIL[0][2:]])
    sheet = read_workbook(save_csv(tmp_path, "utf-8", rows=rows)).sheets["project_progress"]
    assert values(sheet, "project_name") == ["渭河\n大桥"]


def test_a_lost_zero_in_csv_may_be_january_or_october(tmp_path: Path) -> None:
    rows = table([*DETAIL[0], "2023.1"], [*DETAIL[1], "2023.2"], header=[*HEADER, "开工日期"])
    sheet = read_workbook(save_csv(tmp_path, "utf-8", rows=rows)).sheets["project_progress"]
    assert values(sheet, "start_date") == [
        (datetime.date(2023, 1, 1), datetime.date(2023, 11, 1)),
        (datetime.date(2023, 2, 1), datetime.date(2023, 3, 1)),
    ]


TITLES = [
    ("项目进展", "project_progress"),
    ("项目进展表", "project_progress"),
    ("2.项目进展", "project_progress"),
    ("2024年3月项目进展", "project_progress"),
    ("项目进展（3月）", "project_progress"),
    ("附件2-项目进展情况", "project_progress"),
    ("陇西县重点项目进展表", "project_progress"),
    (" 封 面 ", "cover"),
    ("汇总表", "summary"),
    ("Sheet1", None),
    ("前期手续", "permits"),
    ("5、要素保障情况表", "elements"),
    ("2024年3月专项债券申报表", "funds_and_bonds"),
    ("三个一批项目进展情况", "batches"),
    ("储备项目清单", "pipeline"),
    ("招商项目清单", "investment_promotion"),
    ("项目问题清单", "issues"),
    ("组织架构", None),
]


@pytest.mark.parametrize(("title", "name"), TITLES, ids=[case[0] for case in TITLES])
def test_sheets_by_title(title: str, name: str | None) -> None:
    found = sheet_of_title(title)
    assert (found.sheet if found else None) == name


def test_a_sheet_is_recognised_by_its_header(tmp_path: Path) -> None:
    reading = read_workbook(save(tmp_path / NAME, progress_title="Sheet2"))
    assert reading.sheets["project_progress"].sheet_title == "Sheet2"
    assert len(reading.sheets["project_progress"].rows) == 2
    assert reading.issues == []


def test_a_cover_is_recognised_by_its_labels(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    workbook = openpyxl.load_workbook(path)
    workbook["封面"].title = "Sheet1"
    workbook.save(path)
    reading = read_workbook(path, "月报.xlsx")
    assert (reading.unit_code, reading.sheets["cover"].sheet_title) == ("621122", "Sheet1")
    assert reading.issues == []


def test_a_missing_sheet(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    workbook = openpyxl.load_workbook(path)
    workbook.remove(workbook["汇总"])
    workbook.save(path)
    reading = read_workbook(path)
    (issue,) = issues(reading, IssueKind.SHEET_MISSING)
    assert (issue.sheet, issue.sheet_title) == ("summary", "汇总")
    assert "summary" not in reading.sheets


def test_the_same_sheet_twice(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    workbook = openpyxl.load_workbook(path)
    workbook.copy_worksheet(workbook["项目进展"]).title = "项目进展(2)"
    workbook.save(path)
    reading = read_workbook(path)
    (issue,) = issues(reading, IssueKind.SHEET_TWICE)
    assert issue.sheet_title == "项目进展"
    assert "项目进展(2)" in issue.message_zh
    assert len(reading.sheets["project_progress"].rows) == 2


def test_a_hidden_required_sheet_is_missing_and_hidden(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    workbook = openpyxl.load_workbook(path)
    workbook["汇总"].sheet_state = "hidden"
    workbook.save(path)
    reading = read_workbook(path)
    assert [issue.sheet for issue in issues(reading, IssueKind.SHEET_MISSING)] == ["summary"]
    assert [issue.sheet_title for issue in issues(reading, IssueKind.HIDDEN_SHEET)] == ["汇总"]


def test_the_version_mark_is_read_and_no_hidden_sheet(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.create_sheet("_taizhang")
    sheet.append(["taizhang-template", "1.abc"])
    sheet.sheet_state = "veryHidden"
    workbook.save(path)
    reading = read_workbook(path)
    assert reading.template_version == "1.abc"
    assert reading.issues == []
    assert read(tmp_path).template_version is None


def test_links_to_other_files_are_named(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    assert len(issues(read_workbook(path), IssueKind.EXTERNAL_LINK)) == 1

"""Small workbooks for the tests: a cover, a progress table and a summary, each of which a test may change."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from taizhang.reading.result import IssueKind, ReadingIssue, SheetReading, WorkbookReading
from taizhang.reading.workbook import read_workbook

NAME = "陇西县2024年3月重大项目月报.xlsx"
COVER: list[list[Any]] = [["重大项目月报"], ["填报单位", "陇西县"], ["报告期", "2024年3月"], ["填报人", "张三"]]
HEADER = ["序号", "项目名称", "总投资", "年度计划投资", "本月完成投资", "本年累计完成投资", "是否开工"]
UNIT_LINE = "单位：万元、个、%"
DETAIL: list[list[Any]] = [
    [1, "渭河大桥及连接线工程", 12000.5, 3000, 200, 900, "是"],
    [2, "中药饮片智能化生产线", 8000, 2000, 100.5, 400, "否"],
]
SUMMARY: list[list[Any]] = [
    [UNIT_LINE],
    ["分类方式", "类别", "项目个数", "总投资", "年度计划投资"],
    ["合计", "全部项目", 2, 20000.5, 5000],
]

Change = Callable[[Worksheet], None]


def table(*rows: Sequence[Any], header: Sequence[Any] = HEADER, above: Sequence[Any] = (UNIT_LINE,)) -> list[list[Any]]:
    """Rows of a progress sheet: what stands above, the header, then the rows."""
    return [list(above), list(header), *map(list, rows or DETAIL)]


def save(
    path: Path,
    progress: list[list[Any]] | None = None,
    cover: list[list[Any]] | None = None,
    summary: list[list[Any]] | None = None,
    change: Change | None = None,
    progress_title: str = "项目进展",
    more: Mapping[str, list[list[Any]]] | None = None,
    merges: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """Write a workbook, with `more` sheets by title; `change` gets the progress sheet, `merges` are areas by title."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    contents = {
        "封面": COVER if cover is None else cover,
        progress_title: table() if progress is None else progress,
        "汇总": SUMMARY if summary is None else summary,
        **(more or {}),
    }
    for title, rows in contents.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change:
        change(workbook.worksheets[1])
    for title, areas in (merges or {}).items():
        merging(*areas)(workbook[title])
    workbook.save(path)
    return path


def read(folder: Path, progress: list[list[Any]] | None = None, **parts: Any) -> WorkbookReading:
    """Write a workbook and read it."""
    return read_workbook(save(folder / NAME, progress, **parts))


def read_progress(folder: Path, progress: list[list[Any]] | None = None, **parts: Any) -> SheetReading:
    """Write a workbook and read its progress sheet."""
    return read(folder, progress, **parts).sheets["project_progress"]


def values(sheet: SheetReading, name: str) -> list[Any]:
    """The values of a column, from top to bottom."""
    return list(sheet.rows[name])


def issues(reading: WorkbookReading, kind: IssueKind) -> list[ReadingIssue]:
    """The issues of one kind."""
    return [issue for issue in reading.issues if issue.kind is kind]


def with_column(label: str, *cells: Any) -> list[list[Any]]:
    """The plain table with one more column."""
    rows = [[*row, cell] for row, cell in zip(DETAIL, cells, strict=True)]
    return table(*rows, header=[*HEADER, label])


def replaced(place: int, *cells: Any) -> list[list[Any]]:
    """The plain table with other cells in one column."""
    return table(*([*row[:place], cell, *row[place + 1 :]] for row, cell in zip(DETAIL, cells, strict=True)))


def merging(*areas: str) -> Change:
    """What merges areas of the progress sheet."""

    def merge(sheet: Worksheet) -> None:
        for area in areas:
            sheet.merge_cells(area)

    return merge

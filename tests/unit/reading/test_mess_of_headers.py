"""Headers as counties write them: aliases, months, groups of two and three rows, what is missing or twice."""

from pathlib import Path
from typing import Any

import pytest

from taizhang.reading.result import IssueKind
from tests.unit.reading.books import (
    DETAIL,
    HEADER,
    UNIT_LINE,
    issues,
    merging,
    read,
    read_progress,
    table,
    values,
    with_column,
)

TOTAL, PLAN, MONTH, YTD = "total_investment_wan", "annual_plan_wan", "month_completed_wan", "ytd_completed_wan"

HEADERS = {
    "当年计划投资": PLAN,
    "年度计划": PLAN,
    "2024年计划投资": PLAN,
    "2024年度计划投资": PLAN,
    "3月完成投资": MONTH,
    "03月完成投资": MONTH,
    "当月完成": MONTH,
    "1-3月累计完成投资": YTD,
    "1～3月完成": YTD,
    "本年完成": YTD,
    "今年累计完成投资": YTD,
    "概算总投资": TOTAL,
    "1—3月完成投资": YTD,
    "1～3月完成投资": YTD,
    "1至3月完成投资": YTD,
    "1月-3月完成投资": YTD,
    "2024年1-3月累计完成投资": YTD,
    "截至2023年底累计完成投资": "completed_before_year_wan",
    "截止上年底累计完成投资": "completed_before_year_wan",
    "自开始建设累计完成投资": "since_start_wan",
    "* 计划总投资": TOTAL,
    "总 投 资": TOTAL,
    "项目\n总投资\n（万元）": TOTAL,
    "总投资（含征地费用）": TOTAL,
    "3.总投资": TOTAL,
}


@pytest.mark.parametrize(("label", "name"), HEADERS.items(), ids=[repr(label) for label in HEADERS])
def test_header_aliases(tmp_path: Path, label: str, name: str) -> None:
    header = ["项目名称", "建设地点", "是否开工", label]
    sheet = read_progress(tmp_path, table(["渭河大桥", "城关镇", "是", 7], header=header))
    assert values(sheet, name) == [7]


@pytest.mark.parametrize("label", ["2月完成投资", "1-2月累计完成投资", "2023年计划投资", "去年同期完成投资"])
def test_a_header_of_another_time_is_another_figure(tmp_path: Path, label: str) -> None:
    reading = read(tmp_path, with_column(label, 7, 8))
    assert [issue.value for issue in issues(reading, IssueKind.EXTRA_COLUMN)] == [label]
    assert values(reading.sheets["project_progress"], "extras") == [{label: "7"}, {label: "8"}]


FUNDS = ["funds_received_wan", "funds_central_wan", "funds_bond_wan", "funds_paid_wan"]


def grouped_header(*rows: list[Any]) -> list[list[Any]]:
    """A table whose header is several rows high; the last four columns are of funds."""
    return [[UNIT_LINE], *rows, [1, "渭河大桥", 12000, 100, 60, 40, 90]]


GROUPED = {
    "merged group": (
        grouped_header(
            ["序号", "项目名称", "总投资", "到位资金", None, None, "已支付资金"],
            [None, None, None, "小计", "中央", "专项债"],
        ),
        ["A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:G3"],
    ),
    "group without merges": (
        grouped_header(
            ["序号", "项目名称", "总投资", "到位资金", None, None, "已支付资金"],
            [None, None, None, "合计", "其中：中央", "专项债券"],
        ),
        [],
    ),
    "其中 beside its total": (
        grouped_header(
            ["序号", "项目名称", "总投资", "到位资金", "其中", None, "已支付资金"],
            [None, None, None, None, "中央资金", "专项债券"],
        ),
        ["A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:G3"],
    ),
    "three rows": (
        grouped_header(
            ["序号", "项目名称", "总投资", "资金情况（万元）", None, None, None],
            [None, None, None, "到位资金", None, None, "已支付"],
            [None, None, None, "合计", "中央预算内", "专项债"],
        ),
        ["A2:A4", "B2:B4", "C2:C4", "D2:G2", "D3:F3", "G3:G4"],
    ),
    "three rows with 其中": (
        grouped_header(
            ["序号", "项目名称", "总投资", "资金情况", None, None, None],
            [None, None, None, "到位资金", "其中", None, "已支付"],
            [None, None, None, None, "中央", "专项债"],
        ),
        ["A2:A4", "B2:B4", "C2:C4", "D2:G2", "D3:D4", "E3:F3", "G3:G4"],
    ),
}


@pytest.mark.parametrize(("progress", "merges"), GROUPED.values(), ids=GROUPED.keys())
def test_headers_of_two_and_three_rows(tmp_path: Path, progress: list[list[Any]], merges: list[str]) -> None:
    sheet = read_progress(tmp_path, progress, change=merging(*merges))
    assert [values(sheet, name) for name in FUNDS] == [[100], [60], [40], [90]]
    assert sheet.header_rows == (2, len(progress) - 1)


def test_a_group_of_completed_investment(tmp_path: Path) -> None:
    progress = [
        [UNIT_LINE],
        ["序号", "项目名称", "总投资", "完成投资", None, None],
        [None, None, None, "本月", "1-3月累计", "自开工累计"],
        [1, "渭河大桥", 12000, 1, 2, 3],
    ]
    sheet = read_progress(tmp_path, progress, change=merging("D2:F2"))
    assert [values(sheet, name) for name in (MONTH, YTD, "since_start_wan")] == [[1], [2], [3]]


def test_plan_and_progress_below_a_heading_of_investment(tmp_path: Path) -> None:
    progress = [
        [UNIT_LINE],
        ["序号", "项目名称", "投资情况", None, None],
        [None, None, "总投资", "年度计划", "本月完成"],
        [1, "渭河大桥", 12000, 2, 3],
    ]
    sheet = read_progress(tmp_path, progress, change=merging("C2:E2"))
    assert [values(sheet, name) for name in (TOTAL, PLAN, MONTH)] == [[12000], [2], [3]]


def test_sources_below_another_figure_are_not_those_of_the_funds(tmp_path: Path) -> None:
    progress = [
        [UNIT_LINE],
        ["序号", "项目名称", "总投资", None, "资金需求", None],
        [None, None, "合计", "其中：中央", "中央", "专项债"],
        [1, "渭河大桥", 12000, 1, 2, 3],
    ]
    sheet = read_progress(tmp_path, progress, change=merging("C2:D2", "E2:F2"))
    assert values(sheet, TOTAL) == [12000]
    assert values(sheet, "funds_central_wan") == [None]
    assert values(sheet, "extras") == [{"总投资/其中：中央": "1", "资金需求/中央": "2", "资金需求/专项债": "3"}]


def test_a_missing_required_column(tmp_path: Path) -> None:
    reading = read(tmp_path, table(*(row[:6] for row in DETAIL), header=HEADER[:6]))
    assert [issue.column_name for issue in issues(reading, IssueKind.HEADER_MISSING)] == ["is_started"]
    assert values(reading.sheets["project_progress"], "is_started") == [None, None]


def test_no_header_at_all(tmp_path: Path) -> None:
    reading = read(tmp_path, [["见附件"], ["1", "2"]])
    sheet = reading.sheets["project_progress"]
    assert len(sheet.rows) == 0
    assert sheet.header_rows is None
    assert {issue.column_name for issue in issues(reading, IssueKind.HEADER_MISSING)} >= {"project_name", TOTAL}
    assert len(issues(reading, IssueKind.NO_ROWS)) == 1


def test_an_empty_sheet(tmp_path: Path) -> None:
    assert len(issues(read(tmp_path, []), IssueKind.NO_ROWS)) == 1


def test_a_header_without_rows(tmp_path: Path) -> None:
    reading = read(tmp_path, [[UNIT_LINE], HEADER])
    assert len(issues(reading, IssueKind.NO_ROWS)) == 1
    assert len(reading.sheets["project_progress"].rows) == 0


def test_the_same_column_twice(tmp_path: Path) -> None:
    reading = read(tmp_path, with_column("计划总投资", 5, 6))
    sheet = reading.sheets["project_progress"]
    assert values(sheet, TOTAL)[1] == 8000
    assert [issue.cell for issue in issues(reading, IssueKind.HEADER_TWICE)] == ["H2"]
    assert values(sheet, "extras")[0] == {"计划总投资": "5"}


def test_a_table_away_from_the_corner(tmp_path: Path) -> None:
    rows = [["陇西县2024年3月重大项目进展表"], [UNIT_LINE], HEADER, *DETAIL]
    sheet = read_progress(tmp_path, [[], [], [], *([None, *row] for row in rows)])
    assert sheet.header_rows == (6, 6)
    assert values(sheet, TOTAL) == [12000.5, 8000]


def test_a_line_break_in_a_header_is_no_part_of_it(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, with_column("施工\n单位（万元）", "甲", "乙"))
    assert "施工单位（万元）" in [column.header_path for column in sheet.columns]

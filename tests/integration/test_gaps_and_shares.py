"""Printed gaps, shares and the entry in the statistics, from the workbook to the finding."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.check import CheckFinding, check_reading
from tests.unit.reading.books import COVER, HEADER, UNIT_LINE, read, table

SUMMARY_HEADER = [
    "分类方式",
    "类别",
    "项目个数",
    "个数占比",
    "总投资",
    "占总投资比重",
    "年度计划投资",
    "本年累计完成投资",
    "超序时进度",
]
WHOLE = ["合计", "全部项目", 28, "100%", 1000, "100%", 400, 120, 5]
CLASSES: list[list[Any]] = [
    ["分行业", "农业", 5, "17.9%", 200, "20.0%", 80, 20, 0],
    ["分行业", "工业", 8, "28.6%", 300, "30.0%", 120, 30, 0],
    ["分行业", "服务业", 15, "53.6%", 500, "50.0%", 200, 70, "超10个百分点"],
]
LISTS: list[list[Any]] = [
    ["分清单", "市列", 20, "71.4%", 900, "90.0%", 360, 90, "持平"],
    ["分清单", "省列重点", 14, "50%", 500, "50.0%", 200, 50, None],
]
SHARES = ("R24", "R28", "R29")


def found(engine: Engine, rules: tuple[str, ...], folder: Path, **parts: Any) -> list[CheckFinding]:
    """What these rules say of a workbook of March 2024."""
    findings = check_reading(read(folder, **parts), engine).findings
    return [finding for finding in findings if finding.rule_id in rules and finding.verdict == "contradiction"]


def of_summary(engine: Engine, folder: Path, *rows: list[Any]) -> list[tuple[str, str | None]]:
    findings = found(engine, SHARES, folder, summary=[[UNIT_LINE], SUMMARY_HEADER, *rows])
    return sorted((finding.check_id, finding.cell) for finding in findings)


def test_true_shares_and_gaps_of_a_summary_are_silent(engine: Engine, tmp_path: Path):
    assert of_summary(engine, tmp_path, WHOLE, *CLASSES, *LISTS) == []


def test_classes_that_do_not_overlap_are_their_own_whole(engine: Engine, tmp_path: Path):
    assert of_summary(engine, tmp_path, *CLASSES) == []


def test_lists_overlap_and_never_add_up(engine: Engine, tmp_path: Path):
    wrong = [[*LISTS[0][:3], "61.4%", *LISTS[0][4:]], LISTS[1]]
    assert of_summary(engine, tmp_path, WHOLE, *wrong) == [("R28.count_share", "D4")]
    assert of_summary(engine, tmp_path, *wrong) == []


def test_a_share_of_another_whole_is_found_with_its_cell_and_so_is_their_sum(engine: Engine, tmp_path: Path):
    wrong = [["分行业", "农业", 5, "17.9%", 200, "25.0%", 80, 20, 0], *CLASSES[1:]]
    assert of_summary(engine, tmp_path, WHOLE, *wrong) == [
        ("R28.investment_share", "F4"),
        ("R28.investment_shares_add_up", "F4"),
    ]


def test_shares_that_were_all_cut_off_are_only_said(engine: Engine, tmp_path: Path):
    cut = [[*CLASSES[0][:3], "17.8%", *CLASSES[0][4:]], [*CLASSES[1][:3], "28.5%", *CLASSES[1][4:]], CLASSES[2]]
    cut[2] = [*CLASSES[2][:3], "53.5%", *CLASSES[2][4:]]
    assert of_summary(engine, tmp_path, WHOLE, *cut) == [
        ("R28.count_share_truncated", "D4"),
        ("R28.count_share_truncated", "D5"),
        ("R28.count_share_truncated", "D6"),
        ("R28.count_shares_add_up_truncated", "D4"),
    ]


def test_a_breakdown_that_leaves_a_share_empty_is_not_added_up(engine: Engine, tmp_path: Path):
    gaps = [[*CLASSES[0][:5], None, *CLASSES[0][6:]], *CLASSES[1:]]
    assert of_summary(engine, tmp_path, WHOLE, *gaps) == []


def test_82_projects_said_to_be_23_8_points_ahead_of_schedule(engine: Engine, tmp_path: Path):
    rows = [[*SUMMARY_HEADER[:3], "总投资", "年度计划投资", "本年累计完成投资", "超序时进度"]]
    rows.append(["分清单", "省列重点", 82, 120.5, 65.5, 55, "超23.8个百分点"])
    rows.append(["分清单", "市列", 82, 120.5, 65.5, 55, "超17.3个百分点"])
    august = [*COVER[:2], ["报告期", "2023年8月"], *COVER[3:]]
    (finding,) = found(engine, ("R24",), tmp_path, summary=[["单位：亿元、个"], *rows], cover=august)
    assert (finding.check_id, finding.severity, finding.cell) == ("R24.summary_printed_gap", "warn", "G3")
    assert "应为 17.3 个百分点" in finding.message_zh


PROGRESS = [*HEADER, "开工日期", "是否入库纳统", "到位资金", "资金到位率", "超序时进度"]


def of_progress(
    engine: Engine, folder: Path, *rows: list[Any], header: list[str] | None = None
) -> set[tuple[str, str]]:
    detail = [[number, f"工程{number}", *row] for number, row in enumerate(rows, 1)]
    progress = table(*detail, header=header or PROGRESS)
    findings = found(engine, ("R24", "R29", "R38", "R05"), folder, progress=progress)
    return {(finding.check_id, finding.cell or "") for finding in findings}


@pytest.mark.parametrize(
    ("start", "is_in", "total", "check_id"),
    [
        pytest.param("2024年2月", "否", 500, "R38.not_in_statistics", id="some day of February"),
        pytest.param("2024年3月", "否", 500, None, id="some day of March"),
        pytest.param("2024-01-15", "未入库", 8000, "R38.long_not_in_statistics", id="76 days"),
        pytest.param("2023年", "否", 8000, "R38.long_not_in_statistics", id="some day of last year"),
        pytest.param("2024-01-15", "是", 8000, None, id="entered"),
        pytest.param("2024-01-15", "—", 8000, None, id="not said"),
        pytest.param("2024-01-15", "否", 499, None, id="below the threshold of the statistics"),
        pytest.param(None, "否", 8000, None, id="no day of start"),
    ],
)
def test_started_projects_enter_the_statistics(
    engine: Engine, tmp_path: Path, start: Any, is_in: str, total: float, check_id: str | None
):
    row = [total, 300, 20, 90, "是", start, is_in, None, None, None]
    assert of_progress(engine, tmp_path, row) == ({(check_id, "I3")} if check_id else set())


def test_nothing_is_said_without_the_column(engine: Engine, tmp_path: Path):
    row = [8000, 300, 20, 90, "是", "2023年"]
    assert of_progress(engine, tmp_path, row, header=PROGRESS[:8]) == set()


def test_gap_and_share_of_funds_of_a_project(engine: Engine, tmp_path: Path):
    true = [1000, 300, 20, 100, "是", None, None, 333.3, "33.3%", "超8.33个百分点"]
    of_the_plan = [1000, 300, 20, 50, "是", None, None, 360, "120%", "落后8.3%"]
    assert of_progress(engine, tmp_path, true, of_the_plan) == {
        ("R29.printed_rate", "K4"),
        ("R29.within_100", "K4"),
        ("R05.percent_for_points", "L4"),
    }

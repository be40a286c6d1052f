"""Gaps to the schedule: figures and words become percentage points, above zero when ahead."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from taizhang.reading.numbers import UnreadableFigureError, read_figure
from taizhang.reading.points import read_gap
from taizhang.reading.result import IssueKind, WorkbookReading
from tests.unit.reading.books import HEADER, issues, read, table, values

GAP = "schedule_gap_pp"

READ = [
    ("17.3", "17.3"),
    ("-5.2", "-5.2"),
    ("+17.3", "17.3"),
    ("超17.3", "17.3"),
    ("超 17.3 个百分点", "17.3"),
    ("超序时进度１７．３个百分点", "17.3"),
    ("较序时进度超17.3个百分点", "17.3"),
    ("与序时进度相比快17.3百分点", "17.3"),
    ("高于序时进度：17.3", "17.3"),
    ("17.3个百分点", "17.3"),
    ("落后5.2个百分点", "-5.2"),
    ("欠5.2", "-5.2"),
    ("欠序时5.2个百分点", "-5.2"),
    ("滞后序时进度5.2", "-5.2"),
    ("慢于序时进度5.2个百分点", "-5.2"),
    ("低于序时 5.2", "-5.2"),
    ("↓5.2", "-5.2"),
    ("（5.2）", "-5.2"),
    ("负5.2", "-5.2"),
    ("落后五点二个百分点", "-5.2"),
    ("快两个百分点", "2"),
    ("落后0", "0"),
    ("持平", "0"),
    ("与序时进度持平", "0"),
]


@pytest.mark.parametrize(("text", "points"), READ, ids=[text for text, _ in READ])
def test_a_gap_is_read_with_its_sign(text: str, points: str) -> None:
    found = read_gap(text)
    assert found is not None
    assert found.value == Decimal(points)


@pytest.mark.parametrize("text", ["落后-5.2", "超-17.3", "欠+5.2", "落后—", "超", "超前完成", "正常", "17.3元上"])
def test_what_says_two_things_or_nothing_is_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableFigureError):
        read_gap(text)


@pytest.mark.parametrize("text", ["—", "/", "无", ""])
def test_a_mark_for_none_is_none(text: str) -> None:
    assert read_gap(text) is None


def test_ahead_means_more_than_only_in_such_a_column() -> None:
    exact, estimated = read_gap("超17.3"), read_figure("超17.3")
    assert exact is not None
    assert estimated is not None
    assert (exact.approximate, estimated.approximate) == (False, True)


def test_about_stays_about() -> None:
    about, level = read_gap("超约17"), read_gap("持平")
    assert about is not None
    assert level is not None
    assert about.approximate
    assert level.approximate


def read_gaps(folder: Path, *gaps: Any, label: str = "超序时进度", **more: Any) -> WorkbookReading:
    rows = [[number, f"工程{number}", 9000, 3000, 0, 900, "是", gap] for number, gap in enumerate(gaps, 1)]
    return read(folder, table(*rows, header=[*HEADER, label]), **more)


def gaps_of(reading: WorkbookReading) -> list[Any]:
    return values(reading.sheets["project_progress"], GAP)


@pytest.mark.parametrize(
    "label",
    ["超序时进度", "超（欠）序时进度", "较序时进度±(百分点)", "超序时（个百分点）", "超/欠序时进度", "超序时进度%"],
)
def test_headers_of_the_gap(tmp_path: Path, label: str) -> None:
    reading = read_gaps(tmp_path, 5.25, -3.1, label=label)
    assert gaps_of(reading) == [Decimal("5.25"), Decimal("-3.1")]
    column = next(column for column in reading.sheets["project_progress"].columns if column.name == GAP)
    assert (column.unit, column.factor, column.decimals) == ("个百分点", 1, 2)
    assert reading.issues == []


@pytest.mark.parametrize("label", ["欠序时进度", "欠序时", "落后序时进度", "欠（超）序时进度", "序时进度"])
def test_a_header_of_the_other_sign_is_not_taken_for_it(tmp_path: Path, label: str) -> None:
    reading = read_gaps(tmp_path, 5.25, label=label)
    assert gaps_of(reading) == [None]
    assert issues(reading, IssueKind.EXTRA_COLUMN)


def test_a_percent_sign_is_noted_and_the_figure_taken(tmp_path: Path) -> None:
    reading = read_gaps(tmp_path, "17.3%", "落后5.2%", "4.1")
    assert gaps_of(reading) == [Decimal("17.3"), Decimal("-5.2"), Decimal("4.1")]
    noted = issues(reading, IssueKind.PERCENT_FOR_POINTS)
    assert [(issue.cell, issue.value) for issue in noted] == [("H3", "17.3%"), ("H4", "落后5.2%")]
    assert "按 -5.2 个百分点读取" in noted[1].message_zh


def test_cells_shown_as_percent_are_points_and_noted_once(tmp_path: Path) -> None:
    def show(worksheet: Worksheet) -> None:
        for row in (3, 4):
            worksheet.cell(row, 8).number_format = "0.0%"

    reading = read_gaps(tmp_path, 0.173, -0.052, change=show)
    assert gaps_of(reading) == [Decimal("17.3"), Decimal("-5.2")]
    assert [issue.cell for issue in issues(reading, IssueKind.PERCENT_FOR_POINTS)] == ["H3"]


def test_what_is_no_gap_is_noted_and_left_out(tmp_path: Path) -> None:
    reading = read_gaps(tmp_path, "5.2万元", "落后-5.2", "正常")
    assert gaps_of(reading) == [None, None, None]
    assert [issue.cell for issue in issues(reading, IssueKind.NUMBER_UNREADABLE)] == ["H4", "H5", "H3"]


def test_level_with_the_schedule_is_about_zero(tmp_path: Path) -> None:
    reading = read_gaps(tmp_path, "持平", 1.25)
    assert gaps_of(reading) == [0, Decimal("1.25")]
    assert [issue.value for issue in issues(reading, IssueKind.NUMBER_APPROXIMATE)] == ["持平"]
    own = {cell.row_number: cell.half_width for cell in reading.sheets["project_progress"].precisions}
    assert own == {3: Decimal("0.5")}


def test_points_in_a_column_of_rates_are_percent(tmp_path: Path) -> None:
    reading = read_gaps(tmp_path, "30个百分点", label="占年度计划")
    assert values(reading.sheets["project_progress"], "completion_rate_pct") == [30]

"""The sheet 前期手续 as units write it: a project's name and code stand once over its permits."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from taizhang.reading.result import SheetReading
from taizhang.reading.workbook import read_workbook
from tests.unit.reading.books import NAME, save, values

HEADER = ["序号", "项目名称", "统一代码", "审批事项", "办理情况", "批复时间"]
BRIDGE = "2311-621122-04-01-123456"


def read_permits(folder: Path, header: list[str], *rows: list[Any]) -> SheetReading:
    path = save(folder / NAME)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.create_sheet("前期手续办理情况")
    for row in [header, *rows]:
        sheet.append(row)
    workbook.save(path)
    return read_workbook(path).sheets["permits"]


ROWS: list[list[Any]] = [
    [1, "渭河大桥", BRIDGE, "施工许可证", "已办", "2024.2.20"],
    [None, None, None, "环境影响评价", "正在办理", None],
    [2, "中药饮片", None, "能评", "不涉及", None],
    [None, "中药饮片", None, "可研", "已批复", "2023年12月"],
]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [0, 2, 1, 3, 4, 5]], ids=["name first", "code first"])
def test_a_blank_code_is_the_one_above_only_for_the_same_project(tmp_path: Path, order: list[int]) -> None:
    rows = [[row[place] for place in order] for row in ROWS]
    sheet = read_permits(tmp_path, [HEADER[place] for place in order], *rows)
    assert values(sheet, "project_name") == ["渭河大桥", "渭河大桥", "中药饮片", "中药饮片"]
    assert values(sheet, "project_code") == [BRIDGE, BRIDGE, None, None]


def test_permits_and_states_are_known_by_their_other_names(tmp_path: Path) -> None:
    sheet = read_permits(tmp_path, HEADER, *ROWS)
    assert values(sheet, "permit_kind") == ["construction_permit", "environment", "energy_review", "feasibility"]
    assert values(sheet, "permit_status") == ["done", "in_progress", "not_needed", "done"]


def test_a_code_that_stands_once_holds_while_the_name_is_repeated(tmp_path: Path) -> None:
    sheet = read_permits(tmp_path, HEADER, ROWS[0], [None, "渭河大桥", None, "环评", "在办", None])
    assert values(sheet, "project_code") == [BRIDGE, BRIDGE]

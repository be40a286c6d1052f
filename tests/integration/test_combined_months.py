"""A workbook of January and February together, from the file to the verdict."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.check import CheckReport, check_file
from taizhang.reading.workbook import read_workbook
from tests.unit.reading.books import UNIT_LINE, save

FEBRUARY = date(2024, 2, 1)
COVER = [
    ["重大项目月报"],
    ["填报单位", "陇西县"],
    ["报告期", "2024年1-2月"],
    ["填报人", "张三"],
    ["审核人", "李四"],
    ["签发人", "王五"],
]
NAMES = ["渭河大桥及连接线工程", "中药饮片智能化生产线"]


def check(folder: Path, engine: Engine, header: list[str], *rows: list[Any]) -> CheckReport:
    """Judge a workbook with these columns after 序号, 项目名称, 总投资 and 年度计划投资."""
    fixed = ["序号", "项目名称", "总投资", "年度计划投资"]
    lines = [
        [number, name, 12000 + number, 3000, *row]
        for number, (name, row) in enumerate(zip(NAMES, rows, strict=True), start=1)
    ]
    summary = [
        [UNIT_LINE],
        ["分类方式", "类别", "项目个数", "总投资", "年度计划投资"],
        ["合计", "全部项目", 2, 24003, 6000],
    ]
    path = save(folder / "陇西县2024年1-2月重大项目月报.xlsx", [[UNIT_LINE], fixed + header, *lines], COVER, summary)
    assert read_workbook(path).report_month == FEBRUARY
    return check_file(path, engine)


def blocking(report: CheckReport) -> list[str]:
    return [finding.check_id for finding in report.findings if finding.severity in ("block", "warn")]


@pytest.mark.parametrize("together", ["1-2月完成", "1—2月累计完成投资", "1-2月份", "1至2月完成投资"])
def test_one_column_for_both_months(engine: Engine, tmp_path: Path, together: str) -> None:
    report = check(tmp_path, engine, [together, "是否开工"], [900, "是"], [400, "是"])
    assert blocking(report) == []
    assert report.verdict == "accepted"


@pytest.mark.parametrize("month", [[None, None], [900, 400]], ids=["blank", "both months"])
def test_a_month_that_is_blank_or_both_months(engine: Engine, tmp_path: Path, month: list[Any]) -> None:
    rows = [[month[0], 900, "是"], [month[1], 400, "是"]]
    report = check(tmp_path, engine, ["本月完成投资", "1-2月累计完成投资", "是否开工"], *rows)
    assert blocking(report) == []


def test_february_alone_beside_both_months_is_asked_about(engine: Engine, tmp_path: Path) -> None:
    rows = [[300, 900, "是"], [400, 400, "是"]]
    report = check(tmp_path, engine, ["2月完成投资", "1-2月累计完成投资", "是否开工"], *rows)
    assert blocking(report) == ["R10.combined_months"]
    assert report.verdict == "accepted_with_warnings"


@pytest.mark.both_servers
def test_a_february_without_january_is_asked_about_once(engine: Engine, tmp_path: Path) -> None:
    rows = [[300, 900, "是"], [100, 400, "是"]]
    report = check(tmp_path, engine, ["2月完成投资", "1-2月累计完成投资", "是否开工"], *rows)
    assert blocking(report) == ["R10.combined_months"]
    assert "2 个项目的本月完成与1—2月累计不一致" in report.findings[0].message_zh

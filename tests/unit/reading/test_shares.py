"""Shares of a breakdown: what they are shares of, and by that whether they are percent or fractions."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taizhang.reading.rates import breakdown_wholes
from taizhang.reading.result import IssueKind, WorkbookReading
from tests.unit.reading.books import UNIT_LINE, issues, read, values

HEADER = ["分类方式", "类别", "项目个数", "个数占比", "总投资", "占总投资比重", "年度计划投资"]
LISTS, CLASSES, WHOLE = ["list", "list"], ["industry", "industry"], ["total"]


@pytest.mark.parametrize(
    ("breakdowns", "figures", "wholes"),
    [
        pytest.param(WHOLE + LISTS, [10, 8, 6], [10, 10, 10], id="lists overlap: of the class 合计"),
        pytest.param(CLASSES, [4, 6], [10, 10], id="classes that do not overlap add up"),
        pytest.param(WHOLE + CLASSES, [12, 4, 6], [12, 12, 12], id="the class 合计 goes before the sum"),
        pytest.param(LISTS, [8, 6], [None, None], id="lists without 合计 have no whole"),
        pytest.param(CLASSES, [4, None], [None, None], id="a class without a figure"),
        pytest.param([None, *WHOLE], [3, 12], [12, 12], id="a class of no breakdown"),
    ],
)
def test_the_whole_of_a_breakdown(breakdowns: list[Any], figures: list[Any], wholes: list[Any]) -> None:
    assert breakdown_wholes(breakdowns, figures) == wholes


def read_summary(folder: Path, *rows: list[Any]) -> WorkbookReading:
    return read(folder, summary=[[UNIT_LINE], HEADER, *rows])


def shares_of(reading: WorkbookReading) -> list[list[Any]]:
    return [values(reading.sheets["summary"], name) for name in ("count_share_pct", "investment_share_pct")]


@pytest.mark.parametrize(("unit", "decimals"), [(1, 1), (0.01, 1)], ids=["percent", "fractions"])
def test_the_whole_tells_percent_from_fractions(tmp_path: Path, unit: float, decimals: int) -> None:
    shares = [[round(share * unit, 5) for share in row] for row in ((0.4, 0.9), (99.6, 99.1), (100, 100))]
    reading = read_summary(
        tmp_path,
        ["合计", "全部项目", 250, shares[2][0], 10000, shares[2][1], 5000],
        ["分行业", "工业", 1, shares[0][0], 90, shares[0][1], 40],
        ["分行业", "农业", 249, shares[1][0], 9910, shares[1][1], 4960],
    )
    assert shares_of(reading) == [
        [100, Decimal("0.4"), Decimal("99.6")],
        [100, Decimal("0.9"), Decimal("99.1")],
    ]
    assert issues(reading, IssueKind.RATE_SCALE_UNKNOWN) == []
    assert {c.decimals for c in reading.sheets["summary"].columns if c.name == "count_share_pct"} == {decimals}


@pytest.mark.parametrize(
    ("parent", "leaf", "name"),
    [("总投资", "占比", "investment_share_pct"), ("项目个数", "占比", "count_share_pct")],
)
def test_a_share_below_its_figure_is_found(tmp_path: Path, parent: str, leaf: str, name: str) -> None:
    header = ["分类方式", "类别", "项目个数", "总投资", "年度计划投资", parent]
    below = [None, None, None, None, None, leaf]
    reading = read(tmp_path, summary=[[UNIT_LINE], header, below, ["合计", "全部项目", 2, 20000.5, 5000, 100]])
    assert values(reading.sheets["summary"], name) == [100]

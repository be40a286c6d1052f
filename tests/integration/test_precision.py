"""A figure that is printed coarser than its column is judged by its own interval, in the gate's own tables."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.check import check_reading
from tests.unit.reading.books import DETAIL, SUMMARY, read, table


def checks(engine: Engine, folder: Path, **parts: Any) -> set[str]:
    return {finding.check_id for finding in check_reading(read(folder, **parts), engine).findings}


@pytest.mark.parametrize(
    ("total", "is_contradiction"),
    [
        pytest.param(20000.5, False, id="exact"),
        pytest.param(20001, False, id="rounded to whole 万元"),
        pytest.param("2.00亿元", False, id="rounded to 亿元"),
        pytest.param(20002, True, id="no rounding explains it"),
        pytest.param(20000.9, True, id="as fine as its detail, and wrong"),
    ],
)
def test_a_total_is_judged_by_its_own_digits(engine: Engine, tmp_path: Path, total: Any, is_contradiction: bool):
    rows = [*DETAIL, ["合计", None, total, 5000, 300.5, 1300, None]]
    assert ("R53.total_row" in checks(engine, tmp_path, progress=table(*rows))) == is_contradiction


@pytest.mark.parametrize(
    ("total", "is_contradiction"),
    [pytest.param("2.0亿元", False, id="rounded"), pytest.param("2.1亿元", True, id="wrong")],
)
@pytest.mark.both_servers
def test_a_class_of_the_summary_is_judged_by_its_own_digits(
    engine: Engine, tmp_path: Path, total: str, is_contradiction: bool
):
    summary = [*SUMMARY[:2], ["合计", "全部项目", 2, total, 5000], ["分性质", "新建", 2, 20000.5, 5000]]
    assert ("R53.summary_total_investment" in checks(engine, tmp_path, summary=summary)) == is_contradiction

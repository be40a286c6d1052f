"""Figures as reports print them: what rounding explains is no contradiction, and what it does not explain is one."""

from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.catalogue import load_catalogue
from taizhang.quality.findings import count_rows
from taizhang.quality.statements import WAREHOUSE
from tests.judged_rows import put_rows

pytestmark = pytest.mark.parametrize("shared_engine", ["embedded"], indirect=True)

CATALOGUE = load_catalogue()
START_RATE, COMPLETION, SINCE_START = "R25.printed_start_rate", "R23.printed_rate", "R12.since_start"
TOTAL_ROW = "R53.total_row"


def start_rate(started: int, projects: int, printed: str) -> dict[str, Any]:
    return {"started_count": started, "project_count": projects, "start_rate_pct": printed}


def completion(done: str, plan: str, printed: str) -> dict[str, Any]:
    return {"ytd_completed_wan": done, "annual_plan_wan": plan, "completion_rate_pct": printed}


def parts(before: str, year: str, total: str) -> dict[str, Any]:
    return {"completed_before_year_wan": before, "ytd_completed_wan": year, "since_start_wan": total}


def summed(total: str, detail: str) -> dict[str, Any]:
    """A total of two figures of two decimals each."""
    row = {"sheet": "project_progress", "total_kind": "total"}
    return row | {"reported_value": total, "detail_value": detail, "detail_value_h": "0.01"}


@pytest.mark.parametrize(
    ("check_id", "row", "verdict"),
    [
        pytest.param(START_RATE, start_rate(130, 160, "81"), "pass", id="130 of 160 printed 81%"),
        pytest.param(START_RATE, start_rate(53, 130, "41"), "pass", id="53 of 130 printed 41%"),
        pytest.param(START_RATE, start_rate(53, 130, "40"), "truncation", id="53 of 130 cut off to 40%"),
        pytest.param(START_RATE, start_rate(53, 130, "39"), "contradiction", id="53 of 130 printed 39%"),
        pytest.param(START_RATE, start_rate(47, 55, "82.8"), "contradiction", id="47 of 55 printed 82.8%"),
        pytest.param(START_RATE, start_rate(57, 65, "92.3"), "contradiction", id="57 of 65 printed 92.3%"),
        pytest.param(COMPLETION, completion("47.0", "80.3", "58.6"), "pass", id="47.0 of 80.3 printed 58.6%"),
        pytest.param(COMPLETION, completion("1135", "1000", "113.5"), "pass", id="more than the plan"),
        pytest.param(SINCE_START, parts("312.44", "87.19", "399.64"), "pass", id="312.44 and 87.19 printed 399.64"),
        pytest.param(SINCE_START, parts("312.44", "87.19", "399.65"), "contradiction", id="printed 399.65"),
        pytest.param(SINCE_START, parts("312.44", "87.49", "399.9"), "pass", id="399.93 rounded to 399.9"),
        pytest.param(SINCE_START, parts("312.44", "87.51", "399.9"), "pass", id="399.95 might be 399.94"),
        pytest.param(SINCE_START, parts("312", "87", "400"), "pass", id="whole numbers, each rounded"),
        pytest.param(SINCE_START, parts("312.46", "87.53", "399.9"), "truncation", id="399.99 cut off to 399.9"),
        pytest.param(TOTAL_ROW, summed("399.64", "399.63"), "pass", id="a total of 312.44 and 87.19"),
        pytest.param(TOTAL_ROW, summed("399.6", "399.66"), "truncation", id="a total cut off"),
        pytest.param(TOTAL_ROW, summed("399.60", "399.63"), "contradiction", id="a total that is too low"),
    ],
)
def test_what_rounding_explains(judged_engine: Engine, check_id: str, row: dict[str, Any], verdict: str):
    tie, companion = CATALOGUE.check(check_id), CATALOGUE.check(f"{check_id}_truncated")
    with judged_engine.connect() as connection:
        assert put_rows(connection, tie.table, [row]) == 1
        tallies = count_rows(connection, [tie, companion], WAREHOUSE)
        connection.rollback()
    assert [tallies[check.meta.check_id].rows_checked for check in (tie, companion)] == [1, 1]
    assert (tallies[check_id].rows_failed, tallies[companion.meta.check_id].rows_failed) == {
        "pass": (0, 0),
        "truncation": (0, 1),
        "contradiction": (1, 0),
    }[verdict]
    assert (tie.meta.severity, companion.meta.severity) == ("block", "info")

"""What the gate really leaves, as the quality marts show it."""

from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.codelists import reporting_units
from taizhang.deadlines.calendar import due_on
from taizhang.publication import publish
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import WorkbookReading
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, submit

pytestmark = pytest.mark.publishes

CHECK = "R10.january"


def january(unit: str, done: int) -> WorkbookReading:
    row = project(4, ytd_completed_wan=30, month_completed_wan=done)
    return workbook_reading(unit, month=month(1), projects=[row])


def shown(engine: Engine, columns: str, view: str, condition: str = "true") -> list[tuple[Any, ...]]:
    rows = rows_of(engine, f"select {columns} from marts.{view} where {condition} order by 1, 2")
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_what_the_gate_finds_and_counts_is_what_is_published(engine: Engine) -> None:
    first, sound = submit(engine, january("621122", 20), january("621121", 30))
    judge_batch(engine)
    publish(engine)
    assert shown(
        engine, "unit_code, last_submission_id, status, cell, level", "fct_finding", f"check_id = '{CHECK}'"
    ) == [("621122", first, "open", "N4", 2)]
    outcomes = "unit_code, outcome, is_in_force, block_count"
    judged = "outcome <> 'missing'"
    assert shown(engine, outcomes, "agg_quality_unit_month", judged) == [
        ("621121", "accepted", True, 0),
        ("621122", "held_back", False, 1),
    ]
    by_check = "unit_code, submission_id, rows_checked, rows_failed"
    assert shown(engine, by_check, "fct_rule_run", f"check_id = '{CHECK}'") == [
        ("621121", sound, 1, 0),
        ("621122", first, 1, 1),
    ]
    assert_checks_and_units_are_complete(engine)

    (second,) = submit(engine, january("621122", 30))
    judge_batch(engine)
    publish(engine)
    assert shown(
        engine, "unit_code, last_submission_id, status, fixed_in_version", "fct_finding", f"check_id = '{CHECK}'"
    ) == [("621122", first, "fixed", 2)]
    assert shown(engine, outcomes, "agg_quality_unit_month", "unit_code = '621122'") == [
        ("621122", "accepted", True, 1)
    ]
    assert shown(engine, by_check, "fct_rule_run", f"check_id = '{CHECK}' and unit_code = '621122'") == [
        ("621122", second, 1, 0)
    ]


def assert_checks_and_units_are_complete(engine: Engine) -> None:
    """Every check that the gate made of a submission, and every unit of the province with its due day."""
    assert shown(engine, "count(*), sum(rows_failed)", "fct_rule_run") == [
        tuple(
            rows_of(engine, "select count(*) as checks, sum(rows_failed) as failures from audit.submission_rule_run")[
                0
            ].values()
        )
    ]
    assert shown(engine, "count(*), bool_and(is_active)", "dim_check") == [
        (rows_of(engine, "select count(*) as checks from audit.rule_run")[0]["checks"], True)
    ]

    units = reporting_units().units
    assert {
        (row["unit_code"], row["due_on"]) for row in rows_of(engine, "select * from marts.agg_quality_unit_month")
    } == {(code, due_on(unit.unit_kind, month(1))) for code, unit in units.items() if code.startswith("62")}

"""No two checks of the catalogue ask for what no row can satisfy."""

from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.catalogue import Check, Entry, by_table, load_catalogue
from taizhang.quality.findings import count_rows
from taizhang.quality.statements import WAREHOUSE
from tests.contradictions import Row, contradictory_pairs, demands, put_apart, witnesses
from tests.judged_rows import load_case

pytestmark = pytest.mark.parametrize("shared_engine", ["embedded"], indirect=True)

CATALOGUE = load_catalogue()
DEMANDS = by_table(demands(CATALOGUE.checks))
PAID = "R14.paid_within_received"


def find(engine: Engine, checks: list[Check], passing: dict[str, list[Row]], known: list[Row]) -> list[tuple[str, str]]:
    with engine.connect() as connection, connection.begin():
        return contradictory_pairs(connection, checks, passing, known)


def cases(checks: list[Check]) -> dict[str, list[Row]]:
    return {check.meta.check_id: load_case(check)["pass"] for check in checks}


@pytest.mark.parametrize("table", DEMANDS)
def test_no_two_checks_contradict_each_other(judged_engine: Engine, table: str):
    checks = DEMANDS[table]
    assert find(judged_engine, checks, cases(checks), witnesses(checks[0].table)) == []


@pytest.mark.parametrize("table", [name for name, checks in DEMANDS.items() if witnesses(checks[0].table)])
def test_witnesses_satisfy_every_demand(judged_engine: Engine, table: str):
    checks = DEMANDS[table]
    rows = witnesses(checks[0].table)
    with judged_engine.connect() as connection:
        put_apart(connection, checks[0].table, rows)
        tallies = count_rows(connection, checks, WAREHOUSE)
        connection.rollback()
    assert {name for name, tally in tallies.items() if tally.rows_failed} == set()
    assert sum(tally.rows_checked for tally in tallies.values()) >= len(checks)


def planted(check_id: str, kind: str, **kwargs: Any) -> Check:
    """A check on 项目进展 that is not in the catalogue."""
    model = CATALOGUE.check(PAID)
    meta = model.meta.model_copy(update={"check_id": check_id, "message_zh": "不符", "message_en": "no"})
    entry = Entry(type=kind, severity=model.entry.severity, kwargs=kwargs, meta=meta)
    return Check(entry, model.table, model.suite, model.rule)


def test_two_checks_that_exclude_each_other_are_found(judged_engine: Engine):
    between = "expect_column_values_to_be_between"
    low = planted("R14.low", between, column="month_completed_wan", max_value=5)
    high = planted("R14.high", between, column="month_completed_wan", min_value=10)
    rows = {"R14.low": [{"month_completed_wan": "3.0"}], "R14.high": [{"month_completed_wan": "12.0"}]}
    assert find(judged_engine, [low, high], rows, []) == [("R14.low", "R14.high")]


def test_a_check_that_contradicts_the_catalogue_is_found_among_all_its_rows(judged_engine: Engine):
    checks = DEMANDS["project_progress"]
    negative = planted("R14.negative", "expect_column_values_to_be_between", column="month_completed_wan", max_value=-1)
    passing = cases(checks) | {"R14.negative": [{"month_completed_wan": "-5.0"}]}
    found = find(judged_engine, [*checks, negative], passing, witnesses(negative.table))
    assert ("R22.month_not_negative", "R14.negative") in found


def test_checks_that_meet_in_a_point_are_no_contradiction_once_it_is_known(judged_engine: Engine):
    paid = CATALOGUE.check(PAID)
    received = planted(
        "R14.all_paid", "expect_interval_at_most", lesser=["funds_received_wan"], greater="funds_paid_wan"
    )
    passing: dict[str, list[Row]] = {
        PAID: [{"funds_paid_wan": "3.0", "funds_received_wan": "5.0"}],
        "R14.all_paid": [{"funds_paid_wan": "5.0", "funds_received_wan": "3.0"}],
    }
    assert find(judged_engine, [paid, received], passing, []) == [(PAID, "R14.all_paid")]
    assert (
        find(judged_engine, [paid, received], passing, [{"funds_paid_wan": "4.0", "funds_received_wan": "4.0"}]) == []
    )


def test_checks_whose_conditions_exclude_each_other_are_no_contradiction(judged_engine: Engine):
    def of_month(operator: str) -> dict[str, Any]:
        return {"type": "comparison", "column": {"name": "month_of_year"}, "operator": operator, "parameter": 1}

    between = "expect_column_values_to_be_between"
    january = planted("R14.january", between, column="month_completed_wan", max_value=5, row_condition=of_month("=="))
    later = planted("R14.later", between, column="month_completed_wan", min_value=10, row_condition=of_month(">"))
    rows: dict[str, list[Row]] = {
        "R14.january": [{"month_completed_wan": "3.0", "month_of_year": 1}],
        "R14.later": [{"month_completed_wan": "12.0", "month_of_year": 2}],
    }
    assert find(judged_engine, [january, later], rows, []) == []

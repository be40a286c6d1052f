"""Every check of the catalogue has cases beside it, and passes, fails and leaves open exactly what they say."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from taizhang.quality.catalogue import Check, by_table, load_catalogue
from taizhang.quality.checkpoint import run_checkpoint
from taizhang.quality.findings import count_rows, create_finding_table, write_findings
from taizhang.quality.statements import WAREHOUSE
from tests.judged_rows import CASES_DIR, load_case, prepare_empty_tables, put_rows

pytestmark = pytest.mark.both_servers

CATALOGUE = load_catalogue()
SUITES = sorted({check.suite for check in CATALOGUE.checks})


def test_each_check_has_cases_and_each_case_a_check():
    checks = {check.meta.check_id for check in CATALOGUE.checks}
    assert {path.stem for path in CASES_DIR.glob("*.yml")} == checks
    assert len(checks) > 50


@pytest.mark.parametrize("check", CATALOGUE.checks, ids=lambda check: check.meta.check_id)
def test_a_case_has_rows_that_pass_and_rows_that_fail(check: Check):
    case = load_case(check)
    assert case["pass"]
    assert case["fail"]
    assert set(case) <= {"pass", "fail", "cannot_tell", "message_zh"}


@pytest.mark.parametrize("suite", SUITES)
def test_cases_end_as_they_say(judged_engine: Engine, suite: str):
    with judged_engine.connect() as connection:
        seen = {
            (check.meta.check_id, kind): _judge(connection, check, load_case(check).get(kind, []))
            for check in CATALOGUE.checks
            if check.suite == suite
            for kind in ("pass", "fail", "cannot_tell")
        }
    assert seen
    wrong = [
        (check_id, kind, outcome)
        for (check_id, kind), outcome in seen.items()
        if (outcome.failed, outcome.untold) != (outcome.rows * (kind == "fail"), outcome.rows * (kind == "cannot_tell"))
        or (kind == "pass" and outcome.answered == 0)
    ]
    assert wrong == []
    for check in CATALOGUE.checks:
        if check.suite == suite and (message := load_case(check).get("message_zh")):
            assert seen[check.meta.check_id, "fail"].messages[0] == message


@dataclass(frozen=True)
class Outcome:
    rows: int
    answered: int
    failed: int
    untold: int
    messages: list[str]


def _judge(connection: Connection, check: Check, rows: list[dict[str, Any]]) -> Outcome:
    """What the check says of these rows; they are gone afterwards."""
    with connection.begin() as transaction:
        put_rows(connection, check.table, rows)
        tallies = count_rows(connection, [check], WAREHOUSE)
        create_finding_table(connection, WAREHOUSE)
        write_findings(connection, [check], tallies, WAREHOUSE)
        messages = connection.execute(text("select message_zh from gate.finding")).scalars().all()
        transaction.rollback()
    tally = tallies[check.meta.check_id]
    assert len(messages) == tally.rows_failed + tally.rows_untold
    return Outcome(len(rows), tally.rows_checked, tally.rows_failed, tally.rows_untold, list(messages))


def test_great_expectations_counts_the_same_in_all_cases_at_once(engine: Engine):
    prepare_empty_tables(engine)
    with engine.begin() as connection:
        first = dict.fromkeys(by_table(CATALOGUE.checks), 1)
        for check in CATALOGUE.checks:
            case = load_case(check)
            for rows in (case["pass"], case["fail"], case.get("cannot_tell", [])):
                first[check.table.name] += put_rows(connection, check.table, rows, first[check.table.name])
        tallies = count_rows(connection, CATALOGUE.checks, WAREHOUSE)
    counts = run_checkpoint(engine.url, CATALOGUE, WAREHOUSE.gate)
    assert {name: tally.rows_failed for name, tally in tallies.items()} == counts
    assert all(counts.values())

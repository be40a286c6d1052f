"""What Great Expectations asks the database for the whole catalogue, and how a rule at fault is named."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, text

from taizhang.quality.catalogue import OWN_EXPECTATIONS, Catalogue, Check, by_table, load_catalogue
from taizhang.quality.checkpoint import CheckpointError, run_checkpoint
from taizhang.quality.findings import count_rows
from taizhang.quality.statements import WAREHOUSE
from tests import conftest
from tests.judged_rows import load_case, prepare_empty_tables, put_rows
from tests.waiting import rows_of


@pytest.fixture(scope="module")
def filled() -> Iterator[Engine]:
    """Judged tables with the passing and failing rows of every case."""
    with conftest.fresh_warehouse(conftest.shared_server("embedded")) as warehouse:
        fill_with_cases(warehouse, load_catalogue())
        yield warehouse


@pytest.fixture
def cases(filled: Engine) -> Iterator[Engine]:
    """A copy of them, for the checkpoint leaves its outcomes there."""
    with conftest.copy_of(filled) as copied:
        yield copied


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that any engine of this process executes meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(re.sub(r"\s+", " ", statement))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def scans(seen: list[str]) -> list[str]:
    """The statements that read rows of judged tables; Great Expectations' look for a first row reads none."""
    return [one for one in seen if "gate.judged_" in one and not one.startswith("SELECT 1 FROM gate.judged_")]


def catalogue_of(checks: list[Check]) -> Catalogue:
    given = load_catalogue()
    return Catalogue(tuple(checks), given.register, given.files)


def fill_with_cases(engine: Engine, catalogue: Catalogue) -> None:
    prepare_empty_tables(engine)
    first = dict.fromkeys(by_table(catalogue.checks), 1)
    with engine.begin() as connection:
        for check in catalogue.checks:
            for rows in (load_case(check)["pass"], load_case(check)["fail"]):
                first[check.table.name] += put_rows(connection, check.table, rows, first[check.table.name])


def test_the_whole_catalogue_costs_one_scan_of_each_judged_table(cases: Engine):
    catalogue = load_catalogue()
    with statements() as seen:
        counts = run_checkpoint(cases.url, catalogue, WAREHOUSE.gate)
    tables = by_table(catalogue.checks)
    assert set(counts) == {check.meta.check_id for check in catalogue.checks}
    assert all(counts.values())
    assert len(scans(seen)) == len(tables)
    # Besides: what the catalog says of each table, a look for a first row, and the four statements of the action.
    assert len(seen) <= 8 * len(tables) + 4
    assert not any("unexpected_values" in one for one in seen)


def test_the_number_of_statements_does_not_depend_on_the_number_of_rules(engine: Engine):
    catalogue = load_catalogue()
    prepare_empty_tables(engine)
    own = [check for check in catalogue.checks if check.entry.type in OWN_EXPECTATIONS]
    blocking = [check for check in own if check.meta.severity == "block"]
    few = [next(check for check in [*blocking, *own] if check.table.name == table) for table in by_table(own)]
    if not any(check in blocking for check in few):
        few.append(blocking[0])
    assert len(few) < len(own) / 5
    numbers = []
    for checks in (few, own):
        with statements() as seen:
            run_checkpoint(engine.url, catalogue_of(checks), WAREHOUSE.gate)
        numbers.append((len(seen), len(scans(seen))))
    assert numbers[0] == numbers[1]


def test_outcomes_are_stored_by_the_checkpoint(cases: Engine):
    catalogue = load_catalogue()
    counts = run_checkpoint(cases.url, catalogue, WAREHOUSE.gate)
    stored = rows_of(cases, "select * from gate.rule_run")
    assert {row["check_id"]: row["rows_failed"] for row in stored} == counts
    sizes = {
        table: rows_of(cases, f"select count(*) as rows from gate.judged_{table}")[0]["rows"]
        for table in by_table(catalogue.checks)
    }
    assert {row["check_id"]: row["rows_seen"] for row in stored} == {
        check.meta.check_id: sizes[check.table.name] for check in catalogue.checks
    }
    assert not any(row["succeeded"] for row in stored)


def test_an_empty_judged_table_contradicts_nothing(engine: Engine):
    catalogue = load_catalogue()
    prepare_empty_tables(engine)
    assert set(run_checkpoint(engine.url, catalogue, WAREHOUSE.gate).values()) == {0}


def test_the_rule_at_fault_is_named_and_not_those_that_share_its_statement(
    cases: Engine, monkeypatch: pytest.MonkeyPatch
):
    catalogue = load_catalogue()
    broken = [catalogue.check("R11.ytd_does_not_fall"), catalogue.check("R00.project_name_filled")]
    monkeypatch.setattr(broken[0], "kwargs", broken[0].kwargs | {"greater": "no_such_column"})
    monkeypatch.setattr(broken[1], "kwargs", broken[1].kwargs | {"column": "nor_this_one"})
    with pytest.raises(CheckpointError) as raised:
        run_checkpoint(cases.url, catalogue, WAREHOUSE.gate)
    told = str(raised.value)
    assert "no_such_column" in told
    assert "nor_this_one" in told
    assert {check.meta.check_id for check in catalogue.checks if f"{check.meta.check_id}: " in told} == {
        check.meta.check_id for check in broken
    }


def test_a_fault_of_the_data_inside_a_predicate_is_an_error_of_its_rule(cases: Engine, monkeypatch: pytest.MonkeyPatch):
    catalogue = load_catalogue()
    check = catalogue.check("R31.start_not_after_month")
    monkeypatch.setattr(check, "kwargs", check.kwargs | {"limit": "(month_end + (1 / (row_number - row_number))::int)"})
    with pytest.raises(CheckpointError, match=r"^R31\.start_not_after_month: .*division by zero"):
        run_checkpoint(cases.url, catalogue, WAREHOUSE.gate)


def test_counts_by_submission_add_up_to_the_counts_of_great_expectations(cases: Engine):
    catalogue = load_catalogue()
    with cases.begin() as connection:
        for table in by_table(catalogue.checks):
            connection.execute(
                text(f"update gate.judged_{table} set submission_id = 1 + abs(hashtext(ctid::text)) % 7")
            )
        tallies = count_rows(connection, catalogue.checks, WAREHOUSE)
    counts = run_checkpoint(cases.url, catalogue, WAREHOUSE.gate)
    assert {name: tally.rows_failed for name, tally in tallies.items()} == counts
    rows = rows_of(
        cases,
        "select check_id, count(*) as submissions, sum(rows_failed)::int as failed, min(rows_checked + rows_untold)"
        " as least from gate.check_count group by check_id",
    )
    assert {row["check_id"]: row["failed"] for row in rows} == counts
    assert all(row["least"] > 0 for row in rows)
    assert max(row["submissions"] for row in rows) == 7

"""What the gate has found and decided cannot be changed or deleted, not even by the owner of the tables."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

TABLES = (
    "audit.amendment",
    "audit.explanation",
    "audit.feedback",
    "audit.finding",
    "audit.gate_run",
    "audit.gate_seal",
    "audit.judgement",
    "audit.removal",
    "audit.report",
    "audit.report_figure",
    "audit.report_relation",
    "audit.rule_pack",
    "audit.rule_run",
    "audit.submission_rule_run",
    "ops.approval",
    "ops.month_close",
    "ops.submission_event",
)
RUN = "insert into audit.gate_run (state, catalogue_version, submission_count) values (:state, 'v', 1)"


def run(engine: Engine, statement: str, **values: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["delete from {}", "truncate {} cascade"])
def test_no_row_can_be_deleted(shared_engine: Engine, table: str, statement: str):
    with pytest.raises(DBAPIError, match="keeps every row"):
        run(shared_engine, statement.format(table))


@pytest.mark.parametrize("table", [table for table in TABLES if table != "audit.gate_run"])
def test_no_row_can_be_changed(shared_engine: Engine, table: str):
    with shared_engine.connect() as connection:
        column = connection.scalar(
            text("select attname from pg_attribute where attrelid = cast(:table as regclass) and attnum = 2"),
            {"table": table},
        )
    with pytest.raises(DBAPIError, match="keeps every row: update is refused"):
        run(shared_engine, f"update {table} set {column} = null")


def test_each_table_of_audit_is_kept(shared_engine: Engine):
    with shared_engine.connect() as connection:
        names = connection.scalars(
            text(
                "select 'audit.' || relname from pg_class where relnamespace = 'audit'::regnamespace and relkind = 'r'"
            )
        )
        assert set(names) == {table for table in TABLES if table.startswith("audit.")}


def test_a_run_that_has_ended_stays_as_it_ended(engine: Engine):
    run(engine, RUN, state="running")
    run(engine, "update audit.gate_run set state = 'done', finished_at = now()")
    with pytest.raises(DBAPIError, match="has ended"):
        run(engine, "update audit.gate_run set state = 'error'")


def test_what_a_run_judged_by_cannot_be_exchanged(engine: Engine):
    run(engine, RUN, state="running")
    with pytest.raises(DBAPIError, match="keeps every row"):
        run(engine, "update audit.gate_run set catalogue_version = 'other'")

"""Years of published figures, written straight into the tables that dbt has made: for questions, not for builds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from taizhang.publication.marts_build import build_marts

STATEMENTS = Path(__file__).parent / "published.sql"
MART = "-- mart: "


def fill(engine: Engine, months: int, counties: int, projects: int) -> None:
    """Build empty marts and write what so many counties would have published in so many months, the last shown."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into ops.publication (publication_id, state, code_version, catalogue_version)"
                " values (1, 'building', 'benchmark', 'benchmark')"
            )
        )
    build_marts(engine)
    begin, *marts = STATEMENTS.read_text(encoding="utf-8").split(MART)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"create temporary table size as select {months} as months, {counties} as counties, {projects} as projects"
        )
        _run(connection, begin)
        for part in marts:
            name, _, statement = part.partition("\n")
            with _without_indexes(connection, f"history.{name}"):
                _run(connection, statement)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in ["dim_reporting_unit", *(part.partition("\n")[0] for part in marts)]:
            connection.exec_driver_sql(f"vacuum analyze history.{name}")


def _run(connection: Connection, statements: str) -> None:
    # By the driver alone: SQLAlchemy would take % for a parameter's beginning.
    connection.connection.cursor().execute(statements)


@contextmanager
def _without_indexes(connection: Connection, table: str) -> Iterator[None]:
    """Let a table be filled without its indexes, which are made again at the end."""
    indexes = text(
        "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index"
        " where indrelid = to_regclass(:table)"
    )
    found = connection.execute(indexes, {"table": table}).all()
    for name, _ in found:
        connection.exec_driver_sql(f"drop index {name}")
    yield
    for _, definition in found:
        connection.exec_driver_sql(definition)

"""Upkeep of the databases: partitions ahead of time, statistics and vacuum, working tables, Airflow's own history."""

import os
import subprocess
import sys
from datetime import date, datetime

import psycopg
from sqlalchemy import Engine, text

from taizhang.errors import TaizhangError
from taizhang.keeping.ledger import Ledger
from taizhang.quality.gate import STEP as GATE
from taizhang.server.airflow_config import metadata_url
from taizhang.warehouse.connection import WarehouseBusyError, address, exclusive
from taizhang.warehouse.partitions import PARTITIONED, ensure_partitions, next_month

# A table is vacuumed when so much of it is dead; autovacuum waits for the same share, and comes later to many tables.
DEAD_ROWS, DEAD_SHARE = 1_000, 0.1

_PARTITIONS = text(
    """
    select count(*) from unnest(cast(:names as text[])) as name where to_regclass(name) is null
    """
)
# Autovacuum never looks at partitioned tables themselves; the planner needs their statistics for joins over months.
_UNANALYZED = text(
    """
    select n.nspname as schema_name, c.relname as table_name
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    left join pg_stat_all_tables as own on own.relid = c.oid
    where c.relkind = 'p' and n.nspname in ('raw', 'history')
        and exists (
            select from pg_inherits as i
            inner join pg_stat_all_tables as s on s.relid = i.inhrelid
            where i.inhparent = c.oid and s.n_live_tup + s.n_dead_tup > 0
                and greatest(s.last_analyze, s.last_autoanalyze)
                    > coalesce(own.last_analyze, '-infinity')
        )
    order by 1, 2
    """
)
_DEAD = text(
    """
    select schemaname as schema_name, relname as table_name, n_dead_tup
    from pg_stat_all_tables
    where schemaname in ('ops', 'raw', 'audit', 'history', 'staging')
        and n_dead_tup > :rows and n_dead_tup > :share * n_live_tup
    order by 1, 2
    """
)


class AirflowCleaningError(TaizhangError):
    """Airflow could not clean its own database; the message shows what it said."""


def make_partitions(engine: Engine, ledger: Ledger, today: date, ahead: int) -> None:
    """Make the partitions of this month and of the months to come, before anything arrives for them."""
    months = [today.replace(day=1)]
    for _ in range(ahead):
        months.append(next_month(months[-1]))
    names = [f"raw.{table}_{month:%Y_%m}" for month in months for table in PARTITIONED]
    with engine.connect() as connection:
        missing = connection.scalar(_PARTITIONS, {"names": names})
    if missing:
        ledger.done.append(f"made {missing} partitions up to {months[-1]:%Y-%m}")
        if ledger.applies:
            ensure_partitions(engine, months)


def vacuum(engine: Engine, ledger: Ledger) -> None:
    """Vacuum tables with many dead rows, and analyze the partitioned tables whose months have changed."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quote = connection.dialect.identifier_preparer.quote
        dead = connection.execute(_DEAD, {"rows": DEAD_ROWS, "share": DEAD_SHARE}).all()
        unanalyzed = connection.execute(_UNANALYZED).all()
        for verb, rows in (("vacuum (analyze)", dead), ("analyze", unanalyzed)):
            for row in rows:
                ledger.done.append(f"{verb} {row.schema_name}.{row.table_name}")
                if ledger.applies:
                    connection.exec_driver_sql(f"{verb} {quote(row.schema_name)}.{quote(row.table_name)}")


def drop_gate_tables(engine: Engine, ledger: Ledger, before: datetime) -> None:
    """Drop the working tables of the gate when nothing has been judged since that moment; each run makes its own."""
    with engine.connect() as connection:
        last = connection.scalar(text("select max(started_at) from audit.gate_run"))
        tables = connection.scalar(text("select count(*) from pg_tables where schemaname = 'gate'"))
    if not tables or last is None or last >= before:
        return
    try:
        with exclusive(engine, GATE):
            ledger.done.append(f"dropped {tables} working tables of the gate")
            if ledger.applies:
                with engine.begin() as connection:
                    connection.execute(text("drop schema gate cascade"))
    except WarehouseBusyError:
        ledger.done.append("left the working tables of the gate: it is at work")


def clean_airflow(ledger: Ledger, before: datetime) -> None:
    """Let Airflow remove what its database says of runs before that moment; nothing to do where it has none.

    Raises AirflowCleaningError with the end of what Airflow said.
    """
    url = metadata_url()
    try:
        with psycopg.connect(address(url)) as connection:
            row = connection.execute("select count(*) from dag_run where start_date < %s", (before,)).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.OperationalError) as error:
        if "does not exist" not in str(error):
            raise
        return
    if row is None or not row[0]:
        return
    ledger.done.append(f"cleaned Airflow's database of {row[0]} runs before {before:%Y-%m-%d}")
    if not ledger.applies:
        return
    connection_url = url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    environment = os.environ | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": connection_url}
    command = [sys.executable, "-m", "airflow", "db", "clean", "--yes", "--skip-archive"]
    done = subprocess.run(
        [*command, "--clean-before-timestamp", before.isoformat()],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AirflowCleaningError(f"airflow db clean failed: {' '.join((done.stderr or done.stdout).split())[-500:]}")

"""Monthly partitions of the tables in `raw`."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Engine, text

from taizhang.warehouse.tables import metadata

PARTITIONED = tuple(
    table.name for table in metadata.sorted_tables if table.dialect_options["postgresql"]["partition_by"]
)
LOCK = 7_215_021_105


def next_month(month: date) -> date:
    """Return the first day of the month after the one that starts on `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def ensure_partitions(engine: Engine, months: Iterable[date]) -> None:
    """Create the partitions of these months (first days) where they are missing, each in a short transaction."""
    wanted = [(f"raw.{table}_{month:%Y_%m}", table, month) for month in sorted(set(months)) for table in PARTITIONED]
    with engine.begin() as connection:
        absent = text("select name from unnest(cast(:names as text[])) as name where to_regclass(name) is null")
        names = set(connection.scalars(absent, {"names": [partition for partition, _, _ in wanted]}))
    for partition, table, month in wanted:
        if partition in names:
            _create(engine, table, month)


def _create(engine: Engine, table: str, month: date) -> None:
    """Create one partition; its table is closed to loaders meanwhile.

    Only this table: a loader that is at work has several, and two that wait for each other are a deadlock.
    """
    with engine.begin() as connection:
        # Two loaders that meet a new month at once must not both create it.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
        connection.execute(text("select ops.create_partition(:table, :month)"), {"table": table, "month": month})

"""Partitions are made while others load."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import Engine, text

from taizhang.server.processes import wait_until
from taizhang.warehouse.partitions import PARTITIONED, ensure_partitions

MONTH = date(2031, 5, 1)
WAITING = text("select count(*) from pg_locks where not granted and relation = cast(:table as regclass)")


def test_a_loader_that_goes_from_table_to_table_is_no_deadlock(engine: Engine) -> None:
    first, *_, last = (f"raw.{table}" for table in PARTITIONED)
    with ThreadPoolExecutor(1) as pool, engine.connect() as loader, engine.connect() as other:
        loader.execute(text(f"lock table {last} in row exclusive mode"))
        made = pool.submit(ensure_partitions, engine, [MONTH])
        assert wait_until(lambda: other.scalar(WAITING, {"table": last}) == 1, 60)
        loader.execute(text(f"lock table {first} in row exclusive mode"))
        loader.commit()
        made.result(timeout=60)
        found = other.scalars(
            text("select to_regclass(name) from unnest(cast(:names as text[])) as name"),
            {"names": [f"raw.{table}_2031_05" for table in PARTITIONED]},
        )
        assert None not in list(found)

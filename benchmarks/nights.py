"""Nights of Airflow: over a warehouse made anew for each, with workbooks of units that its tasks' processes know."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from benchmarks.scales import MONTH
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.spread import spread
from benchmarks.workload.units import Unit, months_before
from benchmarks.workload.workbooks import Job, write_one
from taizhang.codelists import reporting_units
from taizhang.server import airflow, components
from taizhang.settings import settings
from taizhang.sources.inbox import submit
from taizhang.warehouse.connection import address, warehouse_url

EMPTY, WAREHOUSE, METADATA = "benchmark_empty", "benchmark_night", "benchmark_airflow"
MONTHS = 24


@contextmanager
def variables(**values: str) -> Iterator[None]:
    """Let the settings be read from these environment variables while the context lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()


@contextmanager
def empty_warehouse() -> Iterator[Engine]:
    """Let the settings point to a warehouse that `renew` makes anew, with Airflow's metadata beside it."""
    with fresh_warehouse(EMPTY) as template, fresh_warehouse(METADATA, template="template0"):
        urls = {
            "TAIZHANG_DATABASE_URL": address(template.url.set(database=WAREHOUSE)),
            "TAIZHANG_AIRFLOW_DATABASE_URL": address(template.url.set(database=METADATA)),
        }
        with fresh_warehouse(WAREHOUSE, template=EMPTY) as engine, variables(**urls):
            yield engine


def renew(files: list[Path]) -> None:
    """Make the warehouse and the folders empty again, and put the files into the inbox."""
    server = create_engine(warehouse_url().set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {WAREHOUSE} with (force)")
        connection.exec_driver_sql(f"create database {WAREHOUSE} template {EMPTY}")
    known = settings()
    for folder in (known.inbox_dir, known.landing_dir, known.outbox_dir, known.reports_dir, known.data_docs_dir):
        shutil.rmtree(folder, ignore_errors=True)
    submit(files, keep_times=True)


@contextmanager
def running_airflow() -> Iterator[None]:
    """Start Airflow as `make up` does; ended, down to the last process, with the context."""
    components.end_all()  # of a measurement that was killed
    shutil.rmtree(settings().home / "airflow", ignore_errors=True)
    try:
        airflow.up(lambda line: None)
        yield
    finally:
        components.end_all()


def books(count: int, projects: int, folder: Path) -> list[Path]:
    """Write so many workbooks of all sheets, each with so many projects: of the registered counties, month by month."""
    known = [unit for unit in reporting_units().units.values() if unit.unit_kind in ("county", "zone")]
    units = [Unit(unit.unit_code, unit.unit_name, unit.unit_kind, unit.parent_region_code, projects) for unit in known]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    filed = islice(((unit, month) for month in months_before(MONTH, MONTHS) for unit in units), count)
    return spread(write_one, [Job(number, unit, month, folder) for number, (unit, month) in enumerate(filed)])

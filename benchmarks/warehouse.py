"""A warehouse of its own for each measurement, on the benchmarks' own server below `var/benchmarks`."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from taizhang.server import embedded
from taizhang.settings import settings
from taizhang.warehouse.connection import DRIVER
from taizhang.warehouse.migrate import upgrade


@contextmanager
def own_home() -> Iterator[Path]:
    """Let the settings point to the benchmarks' own home for a while; its server ends with it.

    With TAIZHANG_DATABASE_URL set, the databases are made on that server instead.
    """
    home = settings().home / "benchmarks"
    before = os.environ.get("TAIZHANG_HOME")
    os.environ["TAIZHANG_HOME"] = str(home)
    settings.cache_clear()
    try:
        yield home
    finally:
        embedded.stop()
        for folder in (settings().data_docs_dir, settings().inbox_dir, settings().landing_dir, settings().outbox_dir):
            shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ["TAIZHANG_HOME"]
        else:
            os.environ["TAIZHANG_HOME"] = before
        settings.cache_clear()


@contextmanager
def fresh_warehouse(name: str = "benchmark", template: str | None = None) -> Iterator[Engine]:
    """A migrated, empty warehouse, or a copy of another one; dropped at the end."""
    given = settings().database_url
    server_url = make_url(given.get_secret_value() if given else embedded.ensure_running()).set(drivername=DRIVER)
    server = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    made_from = f" template {template}" if template else ""
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {name} with (force)")
        connection.exec_driver_sql(f"create database {name}{made_from}")
    url = server_url.set(database=name)
    if not template:
        upgrade(url)
    engine = create_engine(url, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"drop database if exists {name} with (force)")

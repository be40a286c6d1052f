"""The connection to the warehouse: the configured PostgreSQL, or the embedded one."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text

from taizhang.errors import TaizhangError
from taizhang.server import embedded
from taizhang.settings import settings

DRIVER = "postgresql+psycopg"
DATABASE = "taizhang"
# How often is looked whether another process has finished.
PAUSE_SECONDS = 1.0
# So long a night waits for a backfill to end the month or the year that it is at.
NIGHT_PATIENCE_SECONDS = 2 * 3600

_T = TypeVar("_T")


class WarehouseBusyError(TaizhangError):
    """Another process is doing the same step right now."""


class LockLostError(TaizhangError):
    """The lock of a step was lost while the step was being done."""


def warehouse_url() -> URL:
    """Return the URL of the warehouse; starts the embedded server when no database is configured."""
    configured = settings().database_url
    if configured is None:
        return make_url(embedded.ensure_running()).set(drivername=DRIVER, database=DATABASE)
    return make_url(configured.get_secret_value()).set(drivername=DRIVER)


def address(url: URL) -> str:
    """Return the URL with its password as libpq, psql and BI tools take it: no driver, blanks as %20."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False).replace(" ", "%20")


# Of the steps that this process has to itself: the lock's key, and the server's process that holds it.
_holders: dict[int, int] = {}


@cache
def _engine_for(url: str) -> Engine:
    return create_engine(url, pool_pre_ping=True, connect_args={"application_name": "taizhang"})


def engine() -> Engine:
    """Return this process's engine for the warehouse."""
    return _engine_for(warehouse_url().render_as_string(hide_password=False))


@contextmanager
def exclusive(engine: Engine, step: str) -> Iterator[None]:
    """Hold the warehouse-wide lock of a step while the block runs; WarehouseBusyError when another process has it.

    The lock lives on a connection of its own, so that it ends with the process however that ends.
    """
    key = _key_of(step)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": key}):
            raise WarehouseBusyError(f"another process is already at the step '{step}'; try again when it has finished")
        _holders[key] = connection.scalar(text("select pg_backend_pid()")) or 0
        try:
            yield
        finally:
            del _holders[key]
            connection.scalar(text("select pg_advisory_unlock(:key)"), {"key": key})


def require_held(connection: Connection, step: str) -> None:
    """LockLostError unless this process has held the lock of the step without a break until now.

    Asked last in a transaction that decides something: had the lock's connection been lost, another process could have
    begun the step and changed what this one has read.
    """
    key = _key_of(step)
    held = text(
        "select exists (select from pg_locks where locktype = 'advisory' and granted and pid = :pid and objsubid = 1"
        " and classid::bigint = :high and objid::bigint = :low)"
    )
    values = {"pid": _holders.get(key, 0), "high": key >> 32 & 0xFFFFFFFF, "low": key & 0xFFFFFFFF}
    if not connection.scalar(held, values):
        raise LockLostError(f"the connection that guarded the step '{step}' was lost; nothing is decided, try again")


def _key_of(step: str) -> int:
    return int.from_bytes(hashlib.sha256(f"taizhang.{step}".encode()).digest()[:8], "big", signed=True)


def patiently(step: Callable[[], _T], seconds: float, on_wait: Callable[[str], None] | None = None) -> _T:
    """Do a step as soon as no other process is at it; WarehouseBusyError when that takes longer than so many seconds.

    `on_wait` is told once what is being waited for.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return step()
        except WarehouseBusyError as busy:
            if time.monotonic() > deadline:
                raise
            if on_wait is not None:
                on_wait(str(busy))
                on_wait = None
            time.sleep(PAUSE_SECONDS)

"""Fixtures that all tests share: a home folder, and a migrated warehouse on each PostgreSQL that is at hand.

The servers are started by the first test that needs them and shared by all test processes of the run.
"""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from taizhang.server import embedded
from taizhang.settings import settings
from taizhang.warehouse.connection import DRIVER, address
from taizhang.warehouse.migrate import upgrade
from tests import debian_postgres

SHARED = "TAIZHANG_TEST_SHARED"
TEMPLATE = "template_taizhang"


def pytest_configure(config: pytest.Config) -> None:
    """The process that controls the run makes the folder that its servers live in."""
    if SHARED not in os.environ:
        shared = Path(tempfile.mkdtemp(prefix="taizhang-tests-"))
        shared.chmod(0o755)
        os.environ[SHARED] = str(shared)
        config.add_cleanup(lambda: _stop_servers(shared))


def _stop_servers(shared: Path) -> None:
    with _home(shared / "embedded"):
        embedded.stop()
    if (shared / "debian").exists():
        debian_postgres.stop(shared / "debian")
    shutil.rmtree(shared)
    del os.environ[SHARED]


@contextmanager
def _home(path: Path) -> Iterator[None]:
    """Let the settings point to this home for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_HOME", str(path))
        patch.delenv("TAIZHANG_DATABASE_URL", raising=False)
        settings.cache_clear()
        yield
    settings.cache_clear()


def _server_url(name: str) -> str:
    """URL of one of the run's servers, with the template database in place; started if need be."""
    shared = Path(os.environ[SHARED])
    lock_file = shared / f"{name}.lock"
    lock_file.touch(mode=0o600)  # it will hold the server's password
    with lock_file.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if url := lock.read():
            return url
        if name == "debian":
            url = debian_postgres.start(shared / "debian")
        else:
            with _home(shared / "embedded"):
                url = embedded.ensure_running()
        _forget_durability(url)
        upgrade(make_url(url).set(drivername=DRIVER, database=TEMPLATE))
        lock.write(url)
        return url


def _forget_durability(url: str) -> None:
    """Let a server that ends with the run not wait for its disk."""
    server = create_engine(make_url(url).set(drivername=DRIVER), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"alter system set {name} = off"))
        connection.execute(text("select pg_reload_conf()"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder of the program."""
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield tmp_path / "home"
    settings.cache_clear()


@pytest.fixture(params=["embedded", "debian"])
def server_url(request: pytest.FixtureRequest) -> str:
    """URL of a PostgreSQL server: the embedded one, and Debian's version 15 where it is installed."""
    if request.param == "debian" and not debian_postgres.is_installed():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    return _server_url(request.param)


@contextmanager
def fresh_warehouse(server_url: str) -> Iterator[Engine]:
    """A new, migrated warehouse on the server, dropped at the end."""
    name = f"t_{uuid.uuid4().hex[:16]}"
    base = make_url(server_url).set(drivername=DRIVER)
    server = create_engine(base, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"create database {name} template {TEMPLATE}"))
    warehouse = create_engine(base.set(database=name), poolclass=NullPool)
    yield warehouse
    warehouse.dispose()
    with server.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))


@pytest.fixture
def engine(server_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A fresh, migrated warehouse, which the settings point to."""
    with fresh_warehouse(server_url) as warehouse:
        monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(warehouse.url))
        settings.cache_clear()
        yield warehouse

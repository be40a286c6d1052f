"""Fixtures that all tests share: a home folder, and a migrated warehouse on each PostgreSQL that is at hand.

The servers are started by the first test that needs them and shared by all test processes of the run.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from taizhang.publication.history import versioned_tables
from taizhang.publication.marts_build import build_marts
from taizhang.server import embedded
from taizhang.settings import settings
from taizhang.warehouse.connection import DRIVER, address
from taizhang.warehouse.migrate import upgrade
from tests import debian_postgres
from tests.judged_rows import prepare_empty_tables
from tests.sql_gate import skip_great_expectations

SHARED = "TAIZHANG_TEST_SHARED"
TEMPLATE = "template_taizhang"
BUILT_TEMPLATE = "template_taizhang_built"
_names_in_use: set[str] = set()

# No example has to be done in a certain time: on a busy machine it is not.
hypothesis.settings.register_profile("ci", deadline=None)
hypothesis.settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """The process that controls the run makes the folder that its servers live in."""
    config.addinivalue_line(
        "markers", "publishes: the test's warehouse has its seeds, models and views already, all of them without rows"
    )
    config.addinivalue_line("markers", "in_full: the test of tests/faults runs in `make faults` only")
    config.addinivalue_line("markers", "both_servers: the test also runs on Debian's PostgreSQL 15")
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


def once(name: str, make: Callable[[], str]) -> str:
    """What one of the run's processes has made, by whichever asks first."""
    lock_file = Path(os.environ[SHARED]) / f"{name}.lock"
    lock_file.touch(mode=0o600)  # it may hold a server's password
    with lock_file.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if made := lock.read():
            return made
        made = make()
        lock.write(made)
        return made


def shared_server(name: str) -> str:
    """URL of one of the run's servers, with the template database in place; started if need be."""
    return once(name, lambda: _start_server(name, Path(os.environ[SHARED])))


def _start_server(name: str, shared: Path) -> str:
    if name == "debian":
        url = debian_postgres.start(shared / "debian")
    else:
        with _home(shared / "embedded"):
            url = embedded.ensure_running()
    _forget_durability(url)
    upgrade(make_url(url).set(drivername=DRIVER, database=TEMPLATE))
    return url


def built_template(server_url: str) -> str:
    """Name of the template that dbt has built: what every test that publishes would otherwise build first."""
    home = built_home(server_url)
    return once(home.name, lambda: _build_template(server_url, home))


def built_home(server_url: str) -> Path:
    """The home folder that the built template was made with: there is what dbt compiled for it."""
    return Path(os.environ[SHARED]) / f"built_{make_url(server_url).port}"


def _build_template(server_url: str, home: Path) -> str:
    with _copy(make_url(server_url), BUILT_TEMPLATE, TEMPLATE) as engine, _home(home):
        with engine.begin() as connection:
            connection.execute(
                text(
                    "insert into ops.publication (publication_id, state, code_version, catalogue_version)"
                    " values (1, 'building', 'template', 'template')"
                )
            )
        build_marts(engine)
        with engine.begin() as connection:
            connection.execute(text("delete from ops.publication"))
            tables = ", ".join(f"history.{table}" for table in versioned_tables(connection))
            connection.execute(text(f"truncate {tables}"))
    return BUILT_TEMPLATE


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


@pytest.fixture
def own_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate without Great Expectations, for tests of what it does with findings."""
    skip_great_expectations(monkeypatch)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The choices to run everything on the oldest PostgreSQL too, and all of the fault suite."""
    parser.addoption("--all-servers", action="store_true", help="run every test of SQL on each PostgreSQL at hand")
    parser.addoption("--all-faults", action="store_true", help="kill nights at every commit, not only in each part")
    parser.addoption("--fault-seed", type=int, help="repeat the chance of an earlier run of tests/faults")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let tests that need a server run on the embedded one; those marked `both_servers` on Debian's version 15 as well.

    The marked ones together send every kind of statement that the program has to the oldest PostgreSQL.
    """
    definition = metafunc.definition
    chosen = any(mark.args[0] == "server_url" for mark in definition.iter_markers("parametrize"))
    if "server_url" in metafunc.fixturenames and not chosen:
        both = metafunc.config.getoption("--all-servers") or definition.get_closest_marker("both_servers")
        metafunc.parametrize("server_url", ["embedded", "debian"] if both else ["embedded"], indirect=True)


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> str:
    """URL of a PostgreSQL server: the embedded one, or Debian's version 15 where it is installed."""
    if request.param == "debian" and not debian_postgres.is_installed():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    return shared_server(request.param)


@pytest.fixture(scope="module", params=["embedded", "debian"])
def shared_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated warehouse on each server for all tests of a module, which leave nothing behind that others could see.

    The settings do not point to it.
    """
    if request.param == "debian" and not debian_postgres.is_installed():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    with fresh_warehouse(shared_server(request.param)) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def judged_engine(shared_engine: Engine) -> Engine:
    """The shared warehouse with empty judged tables; what is put into them is rolled back."""
    prepare_empty_tables(shared_engine)
    return shared_engine


@contextmanager
def _copy(server_url: URL, name: str, template: str) -> Iterator[Engine]:
    """A new database made from a template; it stays."""
    base = server_url.set(drivername=DRIVER)
    server = create_engine(base, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"drop database if exists {name}"))  # of an attempt that failed
        connection.execute(text(f"create database {name} template {template}"))
    warehouse = create_engine(base.set(database=name), poolclass=NullPool)
    yield warehouse
    warehouse.dispose()


@contextmanager
def database_from(server_url: str, name: str, template: str) -> Iterator[Engine]:
    """A new database of this name, made from a template, which stays until the servers of the run stop."""
    with _copy(make_url(server_url), name, template) as engine:
        yield engine


@contextmanager
def fresh_warehouse(server_url: str, *, built: bool = False) -> Iterator[Engine]:
    """A new, migrated warehouse on the server, with all that dbt makes if it is to be built; dropped at the end.

    A process uses the same few names again and again: dbt parses its whole project anew for a name not seen before.
    """
    with _short_lived(make_url(server_url), built_template(server_url) if built else TEMPLATE) as warehouse:
        yield warehouse


@contextmanager
def _short_lived(server_url: URL, template: str) -> Iterator[Engine]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = next(name for name in (f"t_{worker}_{number}" for number in count()) if name not in _names_in_use)
    _names_in_use.add(name)
    with _copy(server_url, name, template) as warehouse:
        yield warehouse
    server = create_engine(server_url.set(drivername=DRIVER), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    _names_in_use.remove(name)


@contextmanager
def own_warehouse(folder: Path, *, built: bool = True) -> Iterator[Engine]:
    """A warehouse for all tests of a module, with a home below the folder; the settings point to both."""
    home = folder / "home"
    with (
        fresh_warehouse(shared_server("embedded"), built=built) as warehouse,
        _home(home),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("TAIZHANG_DATABASE_URL", address(warehouse.url))
        settings.cache_clear()
        _share_parsed_project(home, warehouse)
        yield warehouse


@contextmanager
def copy_of(warehouse: Engine) -> Iterator[Engine]:
    """A copy of a warehouse that nobody is connected to, for a test that changes what others still need."""
    # From another database: several may copy the same one at once.
    with _short_lived(warehouse.url.set(database="postgres"), warehouse.url.database or "") as copied:
        yield copied


@pytest.fixture
def engine(
    request: pytest.FixtureRequest, server_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """A fresh, migrated warehouse, which the settings point to; built if the test is marked `publishes`."""
    with fresh_warehouse(server_url, built=request.node.get_closest_marker("publishes") is not None) as warehouse:
        monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(warehouse.url))
        settings.cache_clear()
        _share_parsed_project(home, warehouse)
        yield warehouse


def _share_parsed_project(home: Path, warehouse: Engine) -> None:
    """Let dbt find what it parsed for an earlier warehouse of the same address."""
    shared = Path(os.environ[SHARED]) / "dbt" / f"{warehouse.url.port}_{warehouse.url.database}"
    shared.mkdir(parents=True, exist_ok=True)
    home.mkdir()
    (home / "dbt").symlink_to(shared)

"""Airflow on this machine: all of its processes started, watched until healthy, and ended without a rest."""

import contextlib
import fcntl
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version

import httpx
import psycopg
from psycopg import sql

from taizhang.errors import TaizhangError
from taizhang.server import embedded
from taizhang.server.airflow_config import (
    admin_password,
    airflow_environment,
    airflow_home,
    logs_dir,
    metadata_url,
    passwords_file,
    remember_web_port,
    server_url,
    web_port,
    web_url,
)
from taizhang.server.components import COMPONENTS, ComponentError, end_all, wanted
from taizhang.server.web_users import ADMIN_USER
from taizhang.settings import settings
from taizhang.warehouse.connection import address
from taizhang.warehouse.migrate import missing_roles, upgrade

__all__ = [
    "ADMIN_USER",
    "admin_password",
    "airflow_environment",
    "create_metadata_database",
    "down",
    "is_up",
    "passwords_file",
    "up",
    "web_url",
]

_HEALTHY_SECONDS = 180
_BEATING = ("scheduler", "dag_processor", "triggerer")

Say = Callable[[str], None]


class AirflowError(TaizhangError):
    """Airflow cannot be set up or does not become healthy; the message says why."""


def up(say: Say) -> str:
    """Start what does not run yet of PostgreSQL and Airflow, wait until all is healthy, return the web UI's address.

    Raises AirflowError when Airflow does not become healthy, ComponentError when one of its processes dies.
    """
    with _locked():
        if not is_up():
            if settings().database_url is None:
                say("Starting PostgreSQL")
            say("Migrating the warehouse")
            for line in missing_roles(upgrade()):
                say(line)
            _keep_port_free_for_us()
            create_metadata_database()
            environment = airflow_environment()
            _migrate(environment, say)
            say("Starting Airflow: " + ", ".join(component.name for component in wanted()))
            for component in wanted():
                component.start(environment)
            _wait_until_healthy(say)
        return web_url()


def down(say: Say) -> None:
    """End Airflow's processes, then PostgreSQL; afterwards none of ours is left. Nothing running is no error."""
    with _locked():
        ended = end_all()
        say(f"Airflow: {ended} processes ended" if ended else "Airflow was not running")
        was_running = embedded.is_running()
        embedded.stop()
        if settings().database_url is None:
            say("PostgreSQL: stopped" if was_running else "PostgreSQL was not running")


def is_up() -> bool:
    """Tell whether all of Airflow's processes run and report themselves healthy."""
    return all(component.leader() for component in wanted()) and not _ailing()


def _ailing() -> list[str]:
    """The parts that are not healthy yet, by Airflow's own account."""
    try:
        answer = httpx.get(f"{web_url()}/api/v2/monitor/health", timeout=5, trust_env=False)
        health = answer.raise_for_status().json()
    except httpx.HTTPError:
        return ["api-server"]
    if health["metadatabase"]["status"] != "healthy":
        return ["metadatabase"]
    return [part for part in _BEATING if not _beats(part, health[part])]


def _beats(part: str, health: dict[str, str | None]) -> bool:
    """Whether the part is healthy and its last sign of life is its own, not that of a process before it."""
    started = next(one.started_at() for one in COMPONENTS if one.name == part.replace("_", "-"))
    beat = health[f"latest_{part}_heartbeat"]
    return health["status"] == "healthy" and beat is not None and datetime.fromisoformat(beat) >= started


def _wait_until_healthy(say: Say) -> None:
    deadline = time.monotonic() + _HEALTHY_SECONDS
    announced: list[str] = []
    while ailing := _ailing():
        for component in wanted():
            if component.leader() is None:
                raise ComponentError(f"airflow {component.name} has died; end of its log:\n{component.log_end()}")
        if ailing != announced:
            say("Waiting for " + ", ".join(ailing))
            announced = ailing
        if time.monotonic() > deadline:
            raise AirflowError(f"not healthy after {_HEALTHY_SECONDS} s: {', '.join(ailing)}; see {logs_dir()}")
        time.sleep(0.5)


def _keep_port_free_for_us() -> None:
    """Choose another port for the web UI when the remembered one has been taken by somebody else."""
    if COMPONENTS[0].leader() is not None:
        return
    if settings().web_port:
        if embedded.free_port(settings().web_port) != settings().web_port:
            raise AirflowError(f"port {settings().web_port} (TAIZHANG_WEB_PORT) is in use")
    else:
        remember_web_port(embedded.free_port(web_port()))


def create_metadata_database() -> None:
    """Create the database for Airflow's metadata, on the warehouse's server, where there is none.

    One that TAIZHANG_AIRFLOW_DATABASE_URL names may be on another server; that it exists is for its owner to see to.
    """
    metadata, server = metadata_url(), server_url()
    if (metadata.host, metadata.port) != (server.host, server.port):
        return
    name = str(metadata.database)
    with psycopg.connect(address(server), autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is None:
            connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))


def _migrate(environment: dict[str, str], say: Say) -> None:
    """Bring Airflow's database to the state that this version of Airflow needs; skipped when it is there already."""
    marker = airflow_home() / "migrated.json"
    if marker.exists() and json.loads(marker.read_text()) == _migrated_state():
        return
    say("Preparing Airflow's database (once, about 20 s)")
    logs_dir().mkdir(parents=True, exist_ok=True)
    log_file = logs_dir() / "migrate.log"
    with log_file.open("a") as log:
        command = [sys.executable, "-m", "airflow", "db", "migrate"]
        done = subprocess.run(
            command, env=environment, cwd=airflow_home(), stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0:
        raise AirflowError(f"airflow db migrate failed with {done.returncode}; see {log_file}")
    marker.write_text(json.dumps(_migrated_state()))


def _migrated_state() -> dict[str, str | None]:
    """Airflow's version and the revision that its database has; no revision when there are no tables."""
    with psycopg.connect(address(metadata_url())) as connection:
        revision = None
        if connection.execute("select to_regclass('alembic_version') is not null as there").fetchone() == (True,):
            row = connection.execute("select version_num from alembic_version").fetchone()
            revision = row[0] if row else None
    return {"version": version("apache-airflow"), "revision": revision}


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """Keep others from starting or stopping meanwhile."""
    airflow_home().mkdir(parents=True, exist_ok=True)
    with (airflow_home() / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

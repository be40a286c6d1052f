"""A PostgreSQL server of a case's own, which may be ended as hard as one likes: a copy of the run's embedded one."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from taizhang.server import embedded
from taizhang.settings import settings
from taizhang.warehouse.connection import DATABASE, DRIVER


@contextmanager
def own_server(server_url: str, database: str, home: Path) -> Iterator[Engine]:
    """Copy the server into the home, and let the database be its warehouse; the settings point to it meanwhile."""
    _copy(server_url, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_HOME", str(home))
        patch.delenv("TAIZHANG_DATABASE_URL", raising=False)
        settings.cache_clear()
        url = make_url(embedded.ensure_running()).set(drivername=DRIVER)
        server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with server.connect() as connection:
            connection.execute(text(f"alter database {database} rename to {DATABASE}"))
        yield create_engine(url.set(database=DATABASE), poolclass=NullPool)
        embedded.stop()
    settings.cache_clear()


def _copy(server_url: str, home: Path) -> None:
    url = make_url(server_url)
    data = home / "postgres" / "data"
    data.parent.mkdir(parents=True)
    subprocess.run(
        [
            *(str(embedded.programs_dir() / "pg_basebackup"), "-D", str(data), "--checkpoint=fast", "--no-sync"),
            *("-h", str(url.host), "-p", str(url.port), "-U", str(url.username)),
        ],
        env={"PGPASSWORD": str(url.password), "PATH": os.defpath},
        check=True,
    )
    data.chmod(0o700)
    password = home / "postgres-password"
    password.touch(mode=0o600)
    password.write_text(str(url.password))


def end_hard(number: signal.Signals) -> None:
    """Let the server of the settings' home end without cleaning up: SIGQUIT is its immediate stop, SIGKILL worse."""
    pid = int((settings().home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, number)

"""One Superset on this machine: its environment, its own database, its login to the warehouse, its server."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from psycopg import sql
from sqlalchemy import URL, Connection

from taizhang.access.roles import BI, run
from taizhang.errors import TaizhangError
from taizhang.server import secret_files
from taizhang.server.processes import wait_until
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.warehouse.connection import engine, warehouse_url
from taizhang.warehouse.migrate import upgrade

FOLDER = Path(__file__).parent
ASSETS = FOLDER / "assets"
PROGRAMS = PROJECT_ROOT / ".venv-superset" / "bin"
LOGIN = "taizhang_superset"
ADMIN = "admin"
DASHBOARD = "overview"
SECONDS_TO_START = 120.0


class SupersetError(TaizhangError):
    """Superset could not be set up or started; the message names its log."""


def home() -> Path:
    """The folder of Superset's own database, secrets and log."""
    return settings().home / "superset"


def admin_password_file() -> Path:
    """The file with the password of Superset's user `admin`."""
    return home() / "admin_password"


def prepare() -> None:
    """Make the login to the warehouse and Superset's database, and import the files of `assets`; again and again."""
    home().mkdir(parents=True, exist_ok=True)
    secret_files.kept(home() / "secret_key", lambda: secrets.token_urlsafe(48))
    password = secret_files.kept(admin_password_file(), lambda: secrets.token_urlsafe(16))
    upgrade()
    with engine().begin() as connection:
        _make_login(connection, _login_password())
    _superset("db", "upgrade")
    _superset(
        *("fab", "create-admin", "--username", ADMIN, "--firstname", "台账", "--lastname", "管理员"),
        *("--email", "admin@localhost", "--password", password),
    )
    _superset("init")
    with _archive() as archive:
        _superset("import-dashboards", "--path", str(archive), "--username", ADMIN)


@contextmanager
def serving(port: int, address: str = "127.0.0.1") -> Iterator[str]:
    """Run the server on a port of an address while the context lasts; yields where the dashboard is.

    SupersetError when it does not answer.
    """
    log = (home() / "server.log").open("ab")
    command = [PROGRAMS / "gunicorn", "--bind", f"{address}:{port}", "--workers", "1", "--threads", "8"]
    command += ["--timeout", "120", "superset.app:create_app()"]
    process = subprocess.Popen(command, env=_environment(), stdout=log, stderr=log, cwd=home())
    try:
        if not wait_until(lambda: process.poll() is not None or _answers(port), SECONDS_TO_START):
            raise SupersetError(f"Superset did not answer within {SECONDS_TO_START:.0f} seconds: see {log.name}")
        if process.poll() is not None:
            raise SupersetError(f"Superset stopped at its start: see {log.name}")
        yield f"http://127.0.0.1:{port}/superset/dashboard/{DASHBOARD}/"
    finally:
        process.terminate()
        process.wait()
        log.close()


def _answers(port: int) -> bool:
    import httpx

    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False, timeout=5).is_success
    except httpx.TransportError:
        return False


def _login_password() -> str:
    return secret_files.kept(home() / "warehouse_password", lambda: secrets.token_urlsafe(24))


def _make_login(connection: Connection, password: str) -> None:
    """Make or renew the login with which Superset reads what analysts may read."""
    known = connection.exec_driver_sql("select 1 from pg_roles where rolname = %s", (LOGIN,)).first()
    statement = "alter role {} login password {}" if known else "create role {} login password {}"
    run(connection, sql.SQL(statement).format(sql.Identifier(LOGIN), sql.Literal(password)))
    run(connection, sql.SQL("grant {} to {}").format(sql.Identifier(BI), sql.Identifier(LOGIN)))


def _warehouse_address() -> URL:
    return warehouse_url().set(drivername="postgresql+psycopg2", username=LOGIN, password=_login_password())


@contextmanager
def _archive() -> Iterator[Path]:
    """The assets as Superset takes them in, with the warehouse of this machine as their database."""
    with tempfile.TemporaryDirectory() as scratch:
        inner = Path(scratch) / "archive" / "taizhang"
        shutil.copytree(ASSETS, inner)
        database = inner / "databases" / "taizhang.yaml"
        entry = yaml.safe_load(database.read_text(encoding="utf-8"))
        entry["sqlalchemy_uri"] = _warehouse_address().render_as_string(hide_password=False)
        database.write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
        yield Path(shutil.make_archive(str(Path(scratch) / "assets"), "zip", inner.parent))


def _environment() -> dict[str, str]:
    return os.environ | {
        "SUPERSET_HOME": str(home()),
        "SUPERSET_CONFIG_PATH": str(FOLDER / "superset_config.py"),
        "FLASK_APP": "superset",
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": "",
    }


def _superset(*arguments: str) -> None:
    """Run one of Superset's commands; SupersetError with the end of what it said when it fails."""
    done = subprocess.run([PROGRAMS / "superset", *arguments], env=_environment(), capture_output=True, text=True)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SupersetError(f"superset {arguments[0]} failed:\n{last}")

"""Running dbt in this process, on the warehouse, for the publication that is being built."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, text

from taizhang.access.reader_views import ensure_readers
from taizhang.errors import TaizhangError
from taizhang.settings import PROJECT_ROOT, settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
SEED_SCHEMA = "staging"
# What the project was when the views were made, and what they are: a view that is gone or was replaced is noticed.
_VIEWS = """
    select 'views of sha256:' || cast(:version as text) || ' '
        || coalesce(md5(string_agg(relname || pg_get_viewdef(oid), ';' order by relname)), 'none')
    from pg_class
    where relnamespace = to_regnamespace('staging') and relkind = 'v'
"""
_VIEWS_STAMPED = "select obj_description(to_regclass('staging.stg_submission'), 'pg_class')"


class BuildError(TaizhangError):
    """dbt did not build everything; the message names each node that failed and why."""


def seed_version() -> str:
    """Return a hash over the seeds and their definitions: when it changes they have to be loaded again."""
    digest = hashlib.sha256()
    for path in sorted((DBT_PROJECT / "seeds").iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def project_version() -> str:
    """Return a hash over the models, macros and settings: when it changes all views have to be made again."""
    digest = hashlib.sha256()
    parts = [path for folder in ("models", "macros") for path in (DBT_PROJECT / folder).rglob("*") if path.is_file()]
    for path in [DBT_PROJECT / "dbt_project.yml", *sorted(parts)]:
        digest.update(path.relative_to(DBT_PROJECT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build_marts(engine: Engine) -> None:
    """Load the seeds if they changed, build and test all models, make the readers' views; BuildError when one fails.

    The views of staging stay as they are while the project is the same as in the build before.
    """
    _load_seeds_if_changed(engine)
    version = project_version()
    selector = "what_changes" if _views_are_made(engine, version) else "everything"
    run_dbt(engine, "build", "--exclude-resource-type", "seed", "unit_test", "--selector", selector)
    _stamp_views(engine, version)
    ensure_readers(engine)


def _views_are_made(engine: Engine, version: str) -> bool:
    with engine.connect() as connection:
        stamp = connection.scalar(text(_VIEWS_STAMPED))
        return stamp is not None and stamp == connection.scalar(text(_VIEWS), {"version": version})


def _stamp_views(engine: Engine, version: str) -> None:
    with engine.begin() as connection:
        stamp = connection.scalar(text(_VIEWS), {"version": version})
        connection.execute(text(f"comment on view {SEED_SCHEMA}.stg_submission is '{stamp}'"))


def _load_seeds_if_changed(engine: Engine) -> None:
    # The hash stands in the database, as the comment of a seed table, so that it is lost whenever the tables are.
    wanted = f"seeds sha256:{seed_version()}"
    with engine.connect() as connection:
        loaded = connection.scalar(
            text("select obj_description(to_regclass(:name), 'pg_class')"), {"name": f"{SEED_SCHEMA}.region"}
        )
    if loaded == wanted:
        return
    run_dbt(engine, "seed", "--full-refresh")
    with engine.begin() as connection:
        connection.execute(text(f"comment on table {SEED_SCHEMA}.region is '{wanted}'"))


def run_dbt(engine: Engine, command: str, *arguments: str) -> list[str]:
    """Run one dbt command on the warehouse; BuildError when it fails.

    Returns the names of the nodes that it ran, hooks apart.
    Logs, artefacts and the parse cache go below the home folder, so that the project's own folder may be read-only.
    """
    # Importing dbt takes seconds and is of no use to those who only read figures.
    from dbt.cli.main import dbtRunner

    home = settings().home / "dbt"
    flags = ["--quiet", "--no-use-colors", "--no-send-anonymous-usage-stats", "--no-version-check"]
    # Nobody reads dbt's account of what it did; what fails is in the exception. Its documentation is made of it.
    flags += ["--log-level-file", "info", "--write-json" if command.startswith("docs") else "--no-write-json"]
    places = {
        "--log-path": home / "logs",
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": home / "target",
    }
    named = [part for option, place in places.items() for part in (option, str(place))]
    with connection_settings(engine):
        result = dbtRunner().invoke([*flags, *command.split(), *named, *arguments])
    if not result.success:
        raise BuildError(f"dbt {command} failed: {_failures(result)}") from result.exception
    ran = getattr(result.result, "results", [])
    return [str(entry.node.name) for entry in ran if str(entry.node.resource_type) != "operation"]


def _failures(result: Any) -> str:
    """The failed nodes and their messages, or the exception that kept dbt from running any."""
    if result.exception is not None:
        return str(result.exception)
    failed = [
        f"{node.node.name}: {' '.join((node.message or str(node.status)).split())}"
        for node in getattr(result.result, "results", [])
        if str(node.status) in {"error", "fail", "runtime error"}
    ]
    return "; ".join(failed) or "no node reports why"


@contextmanager
def connection_settings(engine: Engine) -> Iterator[None]:
    """The engine's address in the environment variables that profiles.yml reads, while dbt runs."""
    url = engine.url
    wanted = {
        # A socket's folder cannot stand where a URL has its host: postgresql:///taizhang?host=/run/postgresql
        "TAIZHANG_DBT_HOST": url.host or str(url.query.get("host", "127.0.0.1")),
        "TAIZHANG_DBT_PORT": str(url.port or url.query.get("port", 5432)),
        "TAIZHANG_DBT_USER": url.username or "postgres",
        "TAIZHANG_DBT_PASSWORD": str(url.password or ""),
        "TAIZHANG_DBT_DBNAME": url.database or "taizhang",
        "TAIZHANG_DBT_SSLMODE": str(url.query.get("sslmode", "prefer")),
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

"""Running dbt in this process, on the warehouse, for the publication that is being built."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Engine, text

from taizhang.access.reader_views import ensure_readers
from taizhang.deadlines import due_dates
from taizhang.errors import TaizhangError
from taizhang.server.transport import tls_files
from taizhang.settings import PROJECT_ROOT, settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
PARTS = ("models", "macros", "seeds", "tests")
SEED_SCHEMA = "staging"
DATABASE = "taizhang"
FLAGS = (
    *("--quiet", "--no-use-colors", "--no-send-anonymous-usage-stats", "--no-version-check"),
    *("--log-level-file", "info"),
)
# What the project was when all was made, and what that is: a view or column that is gone or was replaced is noticed.
_MADE = """
    with views as (
        select relname as name, pg_get_viewdef(oid) as definition from pg_class
        where relnamespace = to_regnamespace('staging') and relkind = 'v'
    ),
    columns as (
        select relname || '.' || attname as name, format_type(atttypid, atttypmod) as definition
        from pg_attribute inner join pg_class on attrelid = pg_class.oid
        where relnamespace in (to_regnamespace('staging'), to_regnamespace('history'))
            and relkind = 'r' and attnum > 0 and not attisdropped
    )
    select 'made of sha256:' || cast(:version as text) || ' '
        || coalesce(md5(string_agg(name || definition, ';' order by name)), 'none')
    from (select * from views union all select * from columns) as made
"""
_STAMPED = "select obj_description(to_regclass('staging.stg_submission'), 'pg_class')"


_parsed: dict[str, "Manifest"] = {}


class BuildError(TaizhangError):
    """dbt did not build everything; the message names each node that failed and why."""


def seed_version() -> str:
    """Return a hash over the seeds and their definitions: when it changes they have to be loaded again."""
    digest = hashlib.sha256()
    for path in sorted((DBT_PROJECT / "seeds").iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def project_version() -> str:
    """Return a hash over all of the project: when it changes all views have to be made again."""
    digest = hashlib.sha256()
    parts = [path for folder in PARTS for path in (DBT_PROJECT / folder).rglob("*") if path.is_file()]
    for path in sorted([*DBT_PROJECT.glob("*.yml"), *parts]):
        digest.update(path.relative_to(DBT_PROJECT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build_marts(engine: Engine) -> None:
    """Load due days, and changed seeds; build and test all models; make the readers' views. BuildError when one fails.

    While the project is the same as in the build before, the views of staging stay as they are, and what dbt would look
    at in the database before it fills a table is known: contracts and columns.
    """
    _load_seeds_if_changed(engine)
    with engine.begin() as connection:
        due_dates.refresh(connection)
    version = project_version()
    stands = _stands_as_made(engine, version)
    selector = "what_changes" if stands else "everything"
    with _environment({"TAIZHANG_DBT_STANDS": "yes" if stands else "no"}):
        run_dbt(engine, "build", "--exclude-resource-type", "seed", "unit_test", "--selector", selector)
    if not stands:
        _stamp(engine, version)
    ensure_readers(engine)


def _stands_as_made(engine: Engine, version: str) -> bool:
    with engine.connect() as connection:
        stamp = connection.scalar(text(_STAMPED))
        return stamp is not None and stamp == connection.scalar(text(_MADE), {"version": version})


def _stamp(engine: Engine, version: str) -> None:
    with engine.begin() as connection:
        stamp = connection.scalar(text(_MADE), {"version": version})
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

    # Nobody reads dbt's account of what it did; what fails is in the exception. Its documentation is made of it, and of
    # what parsing writes.
    documents = command.startswith("docs")
    runner = dbtRunner(manifest=None if documents else parsed_project(engine))
    written = "--write-json" if documents else "--no-write-json"
    with connection_settings(engine):
        result = runner.invoke([*FLAGS, written, *command.split(), *_places(), *arguments])
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


def parsed_project(engine: Engine) -> "Manifest":
    """Return the dbt project as dbt has parsed it, for this warehouse; BuildError when it cannot be.

    Parsing takes longer than the nodes of a small publication, so what one run has parsed serves the next ones of the
    process. Nothing in it but the name of the database depends on the warehouse.
    """
    from dbt.cli.main import dbtRunner

    key = f"{DBT_PROJECT} {project_version()}"
    if key not in _parsed:
        with connection_settings(engine):
            result = dbtRunner().invoke([*FLAGS, "--no-write-json", "parse", *_places()])
        if not result.success:
            raise BuildError(f"dbt cannot read its project: {_failures(result)}") from result.exception
        _parsed.clear()
        _parsed[key] = cast("Manifest", result.result)
    _point_at(_parsed[key], engine.url.database or DATABASE)
    return _parsed[key]


def _places() -> list[str]:
    """Options that say where dbt finds its project and writes what it writes."""
    home = settings().home / "dbt"
    places = {
        "--log-path": home / "logs",
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": home / "target",
    }
    return [part for option, place in places.items() for part in (option, str(place))]


def _point_at(manifest: "Manifest", database: str) -> None:
    """Let the relations of a parsed project be those of this database."""
    relations = [*manifest.nodes.values(), *manifest.sources.values()]
    if all(relation.database == database for relation in relations):
        return
    for relation in relations:
        if relation.relation_name:
            _, _, name = relation.relation_name.partition(f'"{relation.database}".')
            relation.relation_name = f'"{database}".{name}'
        relation.database = database
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]


def connection_variables(engine: Engine) -> dict[str, str]:
    """The engine's address as the environment variables that profiles.yml reads."""
    url = engine.url
    return {
        # A socket's folder cannot stand where a URL has its host: postgresql:///taizhang?host=/run/postgresql
        "TAIZHANG_DBT_HOST": url.host or str(url.query.get("host", "127.0.0.1")),
        "TAIZHANG_DBT_PORT": str(url.port or url.query.get("port", 5432)),
        "TAIZHANG_DBT_USER": url.username or "postgres",
        "TAIZHANG_DBT_PASSWORD": str(url.password or ""),
        "TAIZHANG_DBT_DBNAME": url.database or DATABASE,
        "TAIZHANG_DBT_SSLMODE": str(url.query.get("sslmode", "prefer")),
        "TAIZHANG_DBT_TARGET": settings().dbt_target,
        "DO_NOT_TRACK": "1",
        **tls_files(url),
    }


@contextmanager
def connection_settings(engine: Engine) -> Iterator[None]:
    """The engine's address in the environment, while dbt runs."""
    with _environment(connection_variables(engine)):
        yield


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
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

"""Restoring a backup into an empty place: the landed files, the databases, what waited in the inbox.

Nothing counts before all of it is there: the warehouse is restored under another name and gets its own in the end.
Interrupted, it is started again.
"""

import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from taizhang.errors import TaizhangError
from taizhang.keeping import manifest as manifests
from taizhang.keeping.backup import AIRFLOW, WAREHOUSE, copy_landed, row_counts
from taizhang.keeping.manifest import BackupError, Manifest
from taizhang.keeping.programs import program, run, server_major
from taizhang.landing import file_sha256
from taizhang.server.airflow_config import metadata_url
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.sources.inbox import path_of
from taizhang.warehouse.connection import DRIVER, address, warehouse_url
from taizhang.warehouse.migrate import upgrade

RESTORED = "restored"


class NotEmptyError(TaizhangError):
    """The place to restore into holds something already; nothing of it was touched."""


@dataclass(frozen=True)
class RestoreReport:
    """What was restored. `differing` are files of people that are not here as they were backed up."""

    folder: Path
    manifest: Manifest
    seconds: float
    missing_roles: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def restore(root: Path, stamp: str | None = None) -> RestoreReport:
    """Restore the newest backup below `root`, or the one of this name, into this home and database, both empty.

    NotEmptyError when either holds something. BackupError when the backup is not whole, or does not come out as its
    manifest says; ProgramError when PostgreSQL's programs do not fit.
    """
    began = datetime.now(UTC)
    folder = _chosen(root.resolve(), stamp)
    manifest = manifests.read(folder)
    manifests.require_whole(folder, manifest)
    target = warehouse_url()
    _require_empty_home(manifest)
    _require_no_database(target)
    if AIRFLOW in manifest.databases:
        _require_no_database(metadata_url())
    _require_new_enough(target, manifest)
    for sha256 in manifest.landed:
        copy_landed(root.resolve() / "landing", settings().landing_dir, sha256)
    _restore_inbox(folder, manifest)
    differing = _lay_out_files_of_people(folder)
    command = program("pg_restore", manifest.program_major)
    if AIRFLOW in manifest.databases:
        _restore_database(command, metadata_url(), folder / AIRFLOW, None)
    _restore_database(command, target, folder / WAREHOUSE, manifest)
    missing_roles = upgrade(target)
    return RestoreReport(folder, manifest, (datetime.now(UTC) - began).total_seconds(), missing_roles, differing)


def _chosen(root: Path, stamp: str | None) -> Path:
    found = manifests.backups(root)
    if stamp is not None:
        found = [one for one in found if one.name == stamp]
    if not found:
        raise BackupError(f"there is no finished backup {stamp or ''} below {root}".replace("  ", " "))
    return found[-1]


def _require_empty_home(manifest: Manifest) -> None:
    """NotEmptyError when the home holds a file that the backup does not, whoever put it there."""
    landed = set(manifest.landed)
    for path in settings().landing_dir.rglob("*") if settings().landing_dir.exists() else ():
        if path.is_file() and path.name not in landed and not path.name.startswith("."):
            raise NotEmptyError(
                f"{settings().landing_dir} holds other files, like {path.name}; restore into an empty home"
            )
    waiting = {entry.sha256 for entry in manifest.files if entry.source_uri is not None}
    for path in settings().inbox_dir.rglob("*") if settings().inbox_dir.exists() else ():
        if path.is_file() and file_sha256(path) not in waiting:
            raise NotEmptyError(f"{path} lies in the inbox already; restore into an empty home")


def _require_no_database(url: URL) -> None:
    """NotEmptyError when the database of the URL has a table, view or schema of its own."""
    if not _exists(url, str(url.database)):
        return
    with psycopg.connect(address(url)) as connection:
        found = connection.execute(
            "select n.nspname from pg_namespace as n left join pg_class as c on c.relnamespace = n.oid"
            " where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'"
            " and (n.nspname <> 'public' or c.oid is not null) limit 1"
        ).fetchone()
    if found is not None:
        raise NotEmptyError(
            f"the database {url.database} holds something already (schema {found[0]}); name an empty one"
        )


def _exists(url: URL, name: str) -> bool:
    with psycopg.connect(address(url.set(database="postgres"))) as connection:
        return connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is not None


def _require_new_enough(target: URL, manifest: Manifest) -> None:
    major = server_major(target.set(database="postgres"))
    if major < manifest.program_major:
        raise BackupError(
            f"the backup was written by PostgreSQL {manifest.program_major}, this server is {major}: it must be as new"
        )


def _restore_database(command: Path, url: URL, dump: Path, manifest: Manifest | None) -> None:
    """Restore a dump under another name, look whether it is whole, and give it its own name."""
    name = str(url.database)
    partial = f"{name}_restoring"
    with psycopg.connect(address(url.set(database="postgres")), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(partial)))
        server.execute(sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(partial)))
        jobs = max(1, min(4, os.cpu_count() or 1))
        run(command, url.set(database=partial), "--exit-on-error", "--no-owner", "--no-acl", f"--jobs={jobs}", dump)
        if manifest is not None:
            _require_counts(url.set(database=partial), manifest)
        server.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
        server.execute(sql.SQL("alter database {} rename to {}").format(*map(sql.Identifier, (partial, name))))


def _require_counts(url: URL, manifest: Manifest) -> None:
    """Analyze what was restored; BackupError when a table has not as many rows as the manifest says."""
    engine = create_engine(url.set(drivername=DRIVER), poolclass=NullPool)
    with engine.connect() as connection:
        found = row_counts(connection)
    differing = [
        f"{name}: {found.get(name)} instead of {count}"
        for name, count in manifest.row_counts.items()
        if found.get(name) != count
    ]
    if differing:
        raise BackupError(f"tables came out otherwise than they were backed up: {'; '.join(differing[:5])}")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze")
    engine.dispose()


def _restore_inbox(folder: Path, manifest: Manifest) -> None:
    """Put what had not been taken where it lay, with its time, which tells when it was filed."""
    for entry in manifest.files:
        if entry.source_uri is None or entry.modified_ns is None:
            continue
        target = path_of(entry.source_uri)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / entry.path, target)
        os.utime(target, ns=(entry.modified_ns, entry.modified_ns))


def _lay_out_files_of_people(folder: Path) -> list[str]:
    """Lay config/ and expectations/ below `<home>/restored`, and name those that are not here as they were.

    The project's own files stay as they are: they are kept under version control, and people decide.
    """
    differing = []
    target = settings().home / RESTORED
    for here in (settings().config_dir, PROJECT_ROOT / "expectations"):
        source = folder / here.name
        if not source.is_dir():
            continue
        shutil.copytree(source, target / here.name, dirs_exist_ok=True)
        for path in sorted(source.rglob("*")):
            other = here / path.relative_to(source)
            if path.is_file() and (not other.exists() or other.read_bytes() != path.read_bytes()):
                differing.append(str(Path(here.name) / path.relative_to(source)))
    return differing

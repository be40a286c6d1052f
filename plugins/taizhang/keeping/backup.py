"""Backing up: the databases as one snapshot saw them, every landed file once, what waits in the inbox, the files of
people.

Files land before the database knows of them. So the snapshot is taken first and the landed files are copied after it:
each submission of the dump finds its file, and what came later waits in the inbox, of which everything that the
snapshot does not know is copied as well. After a restore the next night takes it.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from taizhang.keeping import manifest as manifests
from taizhang.keeping.manifest import BackedUpFile, BackupError, Manifest
from taizhang.keeping.programs import ProgramError, program, program_major, run, server_major
from taizhang.landing import file_sha256
from taizhang.publication.versions import code_version
from taizhang.server.airflow_config import metadata_url
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.sources.inbox import InboxFile, listing, not_taken

WAREHOUSE, AIRFLOW = "warehouse", "airflow"
# What the gate works with is made anew by each run, and another session makes and drops it all the time.
WITHOUT = ("--exclude-schema=gate", "--no-unlogged-table-data")
_DISTURBED = "ACCESS EXCLUSIVE"

_TABLES = text(
    """
    select n.nspname as schema_name, c.relname as table_name
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname in ('ops', 'raw', 'audit', 'history') and c.relkind in ('r', 'p') and c.relpersistence = 'p'
        and not c.relispartition
    order by 1, 2
    """
)


@dataclass(frozen=True)
class BackupReport:
    """A finished backup: its folder, and how much of the landing store was new to the folder of all backups."""

    folder: Path
    manifest: Manifest
    landed_new: int
    seconds: float


def backup(engine: Engine, root: Path) -> BackupReport:
    """Make a backup below `root`, of which nothing is changed that earlier backups need.

    Nights may go on meanwhile; what they change in tables waits for the dump where it must. ProgramError when the dump
    fails, BackupError when a landed file is not what its name says, or when `root` lies below the home.
    """
    began = datetime.now(UTC)
    root = root.resolve()
    if root.is_relative_to(settings().home.resolve()):
        raise BackupError(f"{root} lies below {settings().home}: a backup there would be lost with the rest")
    folder = root / "backups" / began.strftime(manifests.STAMP)
    unfinished = folder.with_name(folder.name + manifests.UNFINISHED)
    unfinished.mkdir(parents=True, mode=0o700)
    root.chmod(0o700)
    with snapshot(engine) as (connection, snapshot_id):
        counts = row_counts(connection)
        major = server_major(engine.url)
        dump = program("pg_dump", major)
        facts = {
            "taken_at": began,
            "code_version": code_version(),
            "server_major": major,
            "program_major": program_major(dump),
            "schema_version": str(connection.scalar(text("select version_num from ops.schema_version"))),
            "publication_id": connection.scalar(text("select publication_id from ops.current_publication")),
            "row_counts": counts,
        }
        _dump(dump, engine, snapshot_id, unfinished / WAREHOUSE)
        known = connection.scalars(text("select distinct sha256 from ops.submission order by 1")).all()
        waiting = [_copy_waiting(unfinished, file) for file in not_taken(connection, listing())]
    databases = [WAREHOUSE, *_dump_airflow(dump, engine, unfinished)]
    landed_new = _copy_landed(root, known)
    _copy_files_of_people(unfinished)
    files = [*waiting, *(manifests.described(unfinished, path) for path in _files(unfinished, without="inbox"))]
    manifest = Manifest(**facts, databases=databases, landed=list(known), files=files)
    manifests.write(unfinished, manifest)
    _sync(unfinished)
    unfinished.rename(folder)
    return BackupReport(folder, manifest, landed_new, (datetime.now(UTC) - began).total_seconds())


@contextmanager
def snapshot(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """Open a snapshot of the warehouse that other programs can share as long as the block runs."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection, str(connection.scalar(text("select pg_export_snapshot()")))
        connection.rollback()


def row_counts(connection: Connection) -> dict[str, int]:
    """Count the rows of all tables that are kept, partitions with their table."""
    quote = connection.dialect.identifier_preparer.quote
    names = [(row.schema_name, row.table_name) for row in connection.execute(_TABLES)]
    counted = " union all ".join(
        f"select '{schema}.{table}' as name, count(*) as rows from {quote(schema)}.{quote(table)}"  # noqa: S608
        for schema, table in names
    )
    return {row.name: row.rows for row in connection.exec_driver_sql(counted)}


def _dump(dump: Path, engine: Engine, snapshot_id: str, target: Path) -> None:
    """Dump the warehouse as the snapshot sees it; with one job where a night changes tables under several."""
    arguments = ["--format=directory", f"--snapshot={snapshot_id}", f"--file={target}", "--no-owner", "--no-acl"]
    jobs = max(1, min(4, os.cpu_count() or 1))
    try:
        run(dump, engine.url, *arguments, *WITHOUT, f"--jobs={jobs}")
    except ProgramError as error:
        if _DISTURBED not in str(error):
            raise
        shutil.rmtree(target)
        run(dump, engine.url, *arguments, *WITHOUT)


def _dump_airflow(dump: Path, engine: Engine, folder: Path) -> list[str]:
    """Dump Airflow's database where there is one on the warehouse's server; what it keeps secret stays encrypted."""
    url = metadata_url()
    if (url.host, url.port) != (engine.url.host, engine.url.port):
        return []
    with engine.connect() as connection:
        found = connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": url.database})
    if not found:
        return []
    run(dump, url, "--format=directory", f"--file={folder / AIRFLOW}", "--no-owner", "--no-acl")
    return [AIRFLOW]


def _copy_waiting(folder: Path, file: InboxFile) -> BackedUpFile:
    """Copy a file of the inbox that the snapshot does not know, under its hash."""
    target = folder / "inbox" / file_sha256(file.path)
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(file.path, target)
    entry = manifests.described(folder, target)
    return entry.model_copy(update={"source_uri": file.source_uri, "modified_ns": file.modified_ns})


def _copy_landed(root: Path, known: Sequence[str]) -> int:
    """Copy the landed files that no backup of this folder has yet; returns how many."""
    return sum(copy_landed(settings().landing_dir, root / "landing", sha256) for sha256 in known)


def copy_landed(source: Path, target: Path, sha256: str) -> int:
    """Copy a file between two stores that keep files under their hash; 0 when it is there already.

    BackupError when the source lacks it or holds something else under its name.
    """
    there = target / sha256[:2] / sha256
    if there.exists():
        return 0
    here = source / sha256[:2] / sha256
    if not here.exists():
        raise BackupError(f"the landed file {here} is missing")
    there.parent.mkdir(parents=True, exist_ok=True)
    partial = there.with_name(f".{sha256}.{os.getpid()}")
    with here.open("rb") as reader, partial.open("wb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
        writer.flush()
        os.fsync(writer.fileno())
    if file_sha256(partial) != sha256:
        partial.unlink()
        raise BackupError(f"the landed file {here} is not what its name says; `taizhang verify` tells more")
    partial.chmod(0o444)
    partial.rename(there)
    return 1


def _copy_files_of_people(folder: Path) -> None:
    """Copy what people have written: config/, and expectations/ with its corrections and waivers."""
    for source in (settings().config_dir, PROJECT_ROOT / "expectations"):
        if source.is_dir():
            shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))


def _files(folder: Path, without: str) -> list[Path]:
    listed = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in listed if path.relative_to(folder).parts[0] != without)


def _sync(folder: Path) -> None:
    """Bring all files of a backup to the disk before it gets the name of a finished one."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

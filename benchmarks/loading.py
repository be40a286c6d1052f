"""Loading: readings into `raw` against COPY by the server, dlt and pandas.to_sql; and what ingesting adds to it."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, text

from benchmarks.loading_peers import TABLES, ServerCopy, ToSql, dlt
from benchmarks.measure import Goal, Section, Way, in_turn
from benchmarks.peers import PeersMissingError, interpreter
from benchmarks.scales import MONTH, Scale
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.units import first_units, registered
from benchmarks.workload.workbooks import write_workbooks
from taizhang import ingest
from taizhang.ingest import BATCH_FILES
from taizhang.reading.result import Refusal
from taizhang.reading.workbook import read_workbook
from taizhang.settings import settings
from taizhang.warehouse.load import Loadable, write_readings
from taizhang.warehouse.partitions import ensure_partitions

# The readings lie in memory as objects, and pandas.to_sql takes half a minute for them.
UNITS = 120
OURS, SERVER = "readings into raw", "COPY by the server, the same rows into the same tables"
DLT = "dlt (Arrow), the rows of the same sheets"
TO_SQL = {driver: f"pandas.to_sql with {driver}, the rows of the same sheets" for driver in ("psycopg", "psycopg2")}


def measure(scale: Scale, rounds: int) -> Section:
    """Load the workbooks of some units, read before, in every way; then ingest them as files."""
    units = first_units(min(scale.units, UNITS), scale.projects)
    section = Section(
        "loading",
        "Loading",
        f"{len(units)} workbooks of {scale.projects[0]} to {scale.projects[1]} projects, all sheets, as they are read.",
        goals=[
            Goal(OURS, SERVER, at_most=1.5),
            *(Goal(OURS, way, times_faster=20) for way in TO_SQL.values()),
        ],
        notes=[
            "Ours also loads where each column and total stood, and has the tables' keys to keep; dlt and pandas.to_sql"
            " load nothing but the rows of the sheets, dlt into tables of its own without keys. COPY by the server"
            " reads ready files on its own disk."
        ],
    )
    with registered(units), fresh_warehouse() as engine:
        write_workbooks(units, MONTH, settings().inbox_dir / "month")
        batch = _readings(settings().inbox_dir / "month")
        ensure_partitions(engine, {loadable.reading.report_month for loadable in batch})
        _in_every_way(section, engine, batch, rounds)
        _empty(engine)
        _ingest(section, engine)
    return section


def _readings(folder: Path) -> list[Loadable]:
    """Read the workbooks that can be read."""
    found = []
    for path in sorted(folder.iterdir()):
        try:
            found.append(read_workbook(path))
        except Refusal:
            continue
    return [Loadable(number, reading) for number, reading in enumerate(found, start=1)]


def _in_every_way(section: Section, engine: Engine, batch: list[Loadable], rounds: int) -> None:
    _load(engine, batch)
    server = ServerCopy(engine)
    wanted = _contents(engine)
    _empty(engine)
    server()
    if _contents(engine) != wanted:
        raise RuntimeError("COPY by the server does not give the same rows")
    to_sql = {driver: ToSql(engine, batch, driver) for driver in TO_SQL}
    for driver, load in to_sql.items():
        _empty(engine)
        load()
        if any(count != len(load.frames.get(table, ())) for table, (count, _) in _contents(engine).items()):
            raise RuntimeError(f"pandas.to_sql with {driver} has not loaded all rows")
    section.facts["rows"] = ", ".join(f"{table} {count:,}" for table, (count, _) in wanted.items() if count)
    ways = [
        Way(OURS, lambda: _load(engine, batch), lambda: _empty(engine)),
        Way(SERVER, server, lambda: _empty(engine)),
        *(Way(TO_SQL[driver], load, lambda: _empty(engine)) for driver, load in to_sql.items()),
    ]
    with ExitStack() as stack:
        try:
            python = interpreter()
        except PeersMissingError as error:
            section.notes.append(f"dlt was not measured: {error}.")
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            loader = stack.enter_context(dlt(python, engine, batch, folder))
            ways.insert(2, Way(DLT, loader, loader.forget))
            section.goals.insert(1, Goal(OURS, DLT, times_faster=4))
        stack.callback(server.remove)
        section.seconds = in_turn(ways, rounds)
    for way in TO_SQL.values():
        ratio = Goal(SERVER, way, times_faster=1).ratio(section.seconds)
        section.notes.append(f"COPY by the server itself is {ratio:.1f} times as fast as {way}: more is not to be had.")


def _load(engine: Engine, batch: Sequence[Loadable]) -> None:
    """Load as ingesting does: some workbooks in one transaction."""
    for start in range(0, len(batch), BATCH_FILES):
        with engine.begin() as connection:
            write_readings(connection, batch[start : start + BATCH_FILES])


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"truncate {', '.join(f'raw.{table}' for table in TABLES)}"))


def _contents(engine: Engine) -> dict[str, tuple[int, Any]]:
    """Number and sum of the hashes of every table's rows."""
    with engine.connect() as connection:
        query = "select count(*), sum(hashtextextended(cast(t as text), 0)) from raw.{} as t"
        return {table: tuple(connection.execute(text(query.format(table))).one()) for table in TABLES}


def _ingest(section: Section, engine: Engine) -> None:
    """Ingest the same files from the inbox, and tell what is neither reading nor loading."""
    (chunk,) = [[uri for part in ingest.discover(engine) for uri in part]]
    begin = time.perf_counter()
    with _timed("read_workbook") as reading, _timed("write_readings") as loading:
        report = ingest.ingest_chunk(engine, chunk)
    taken = time.perf_counter() - begin
    files, rest = len(chunk), taken - sum(reading) - sum(loading)
    section.facts["ingesting one file"] = (
        f"{taken / files * 1000:.1f} ms: reading {sum(reading) / files * 1000:.1f}, loading"
        f" {sum(loading) / files * 1000:.1f}, landing and recording {rest / files * 1000:.1f} ({rest / taken:.0%})"
    )
    section.facts["files"] = f"{report.read} read, {report.refused} refused"


@contextmanager
def _timed(name: str) -> Iterator[list[float]]:
    """Collect the seconds of each call of a function that `ingest` uses."""
    seconds: list[float] = []
    original: Callable[..., Any] = getattr(ingest, name)

    def timed(*arguments: Any) -> Any:
        begin = time.perf_counter()
        try:
            return original(*arguments)
        finally:
            seconds.append(time.perf_counter() - begin)

    with patch.object(ingest, name, timed):
        yield seconds

"""The least that a night can take: unpacking its workbooks, copying and scanning its rows, marts by plain SQL."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, load_workbook
from sqlalchemy import Connection, Engine, text

from benchmarks import plain_marts
from benchmarks.night_steps import PROCESSES
from benchmarks.scales import MONTH
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.history import fill
from benchmarks.workload.units import Unit
from taizhang.publication import open_publication
from taizhang.quality.catalogue import Catalogue, by_table
from taizhang.quality.statements import WAREHOUSE, run
from taizhang.warehouse.tables import metadata

SCHEMA = "limits"
PIECE = 1 << 20
OF_MONTH = f"select submission_id from ops.submission where report_month = '{MONTH}'"


class Unpacking:
    """What reading costs at least: python-calamine alone takes every sheet, in as many processes as the night."""

    def __init__(self, files: Sequence[Path]) -> None:
        share = max(1, len(files) // (8 * PROCESSES))
        self.pieces = [tuple(files[first : first + share]) for first in range(0, len(files), share)]
        self.pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"))

    def prepare(self) -> None:
        """Start the processes: that is no part of the limit."""
        list(self.pool.map(_count_cells, [()] * PROCESSES))

    def run(self) -> None:
        """Take the sheets; RuntimeError when there is nothing in them."""
        if not sum(self.pool.map(_count_cells, self.pieces)):
            raise RuntimeError("the workbooks are empty")


def _count_cells(files: tuple[Path, ...]) -> int:
    return sum(_cells_of(path) for path in files)


def _cells_of(path: Path) -> int:
    try:
        workbook = load_workbook(path)
    except CalamineError:
        return 0  # one of the files that cannot be read
    sheets = (workbook.get_sheet_by_index(place).to_python() for place in range(len(workbook.sheet_names)))
    return sum(len(row) for sheet in sheets for row in sheet)


class Copying:
    """What loading costs the server: COPY of the night's own rows into empty tables with the same keys and checks."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.tables = [table.name for table in metadata.sorted_tables if table.schema == "raw"]

    def prepare(self) -> None:
        """Put the rows of the month into files, and make the tables anew."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.engine.begin() as connection:
            _make_schema(connection)
            for table in self.tables:
                connection.execute(text(f"create table {SCHEMA}.{table} (like raw.{table} including all)"))
                rows = f"select * from raw.{table} where submission_id in ({OF_MONTH})"
                with (
                    (self.folder / table).open("wb") as file,
                    _cursor(connection) as cursor,
                    cursor.copy(f"copy ({rows}) to stdout") as copy,
                ):
                    for piece in copy:
                        file.write(piece)

    def run(self) -> None:
        """Copy the files."""
        with self.engine.begin() as connection, _cursor(connection) as cursor:
            for table in self.tables:
                with (self.folder / table).open("rb") as file, cursor.copy(f"copy {SCHEMA}.{table} from stdin") as copy:
                    while piece := file.read(PIECE):
                        copy.write(piece)


def scan(engine: Engine, catalogue: Catalogue) -> None:
    """Count the failing rows of every check with one scan of each judged table, and keep none."""
    with engine.connect() as connection:
        for table, checks in by_table(catalogue.checks).items():
            predicates = (check.predicate(WAREHOUSE.gate).contradicted for check in checks)
            counts = ", ".join(f"count(*) filter (where {predicate})" for predicate in predicates)
            run(connection, f"select {counts} from {WAREHOUSE.gate}.judged_{table}").one()


class Replacing:
    """What publishing costs in plain SQL: the same units' month, on the warehouse as it was before the night."""

    def __init__(self, units: tuple[Unit, ...], base: str, stack: ExitStack) -> None:
        self.units = units
        self.base = base
        self.stack = stack.enter_context(ExitStack())

    def prepare(self) -> None:
        """Let the month be accepted, open a publication, and have its models as plain SQL."""
        self.stack.close()
        self.engine = self.stack.enter_context(fresh_warehouse("benchmark_plain", template=self.base))
        fill(self.engine, self.units, [MONTH])
        open_publication(self.engine)
        self.statements = plain_marts.statements(self.engine)

    def run(self) -> None:
        """Publish it."""
        plain_marts.replace(self.engine, self.statements)


def _make_schema(connection: Connection) -> None:
    connection.execute(text(f"drop schema if exists {SCHEMA} cascade"))
    connection.execute(text(f"create schema {SCHEMA}"))


def _cursor(connection: Connection) -> Any:
    raw = connection.connection.driver_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    return raw.cursor()

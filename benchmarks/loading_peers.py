"""Other ways to load the rows of readings: COPY by the server itself, pandas.to_sql, dlt."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.pool import NullPool

from taizhang.dictionary import ColumnType, load_dictionary
from taizhang.settings import settings
from taizhang.warehouse.load import Loadable
from taizhang.warehouse.tables import SHEET_TABLES, metadata

TABLES = tuple(table.name for table in metadata.sorted_tables if table.schema == "raw")
PROGRAM = Path(__file__).with_name("loading_dlt.py")
FIGURES = pa.decimal128(20, 6)
ARROW_TYPES = {
    ColumnType.FLAG: pa.bool_(),
    ColumnType.COUNT: pa.int32(),
    ColumnType.MONTH: pa.date32(),
    **dict.fromkeys(
        (ColumnType.AMOUNT, ColumnType.RATE, ColumnType.POINTS, ColumnType.GROWTH, ColumnType.QUANTITY), FIGURES
    ),
}


class ServerCopy:
    """COPY of what lies in `raw` now: from files on the server, or where it is not ours through the connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ready: dict[str, bytes] = {}
        with engine.connect() as connection:
            self.folder = connection.exec_driver_sql("show data_directory").scalar_one()
            for table in TABLES:
                if settings().database_url is None:
                    connection.exec_driver_sql(f"copy (select * from raw.{table}) to '{self._file(table)}'")
                else:
                    self.ready[table] = _copied_out(connection.connection.driver_connection, table)

    def __call__(self) -> None:
        """Load all tables in one transaction."""
        with self.engine.begin() as connection:
            for table in TABLES:
                if not self.ready:
                    connection.exec_driver_sql(f"copy raw.{table} from '{self._file(table)}'")
                    continue
                with connection.connection.cursor() as cursor, cursor.copy(f"copy raw.{table} from stdin") as copy:
                    copy.write(self.ready[table])

    def remove(self) -> None:
        """Remove the files."""
        for table in TABLES:
            Path(self._file(table)).unlink(missing_ok=True)

    def _file(self, table: str) -> str:
        return f"{self.folder}/loading-{table}"


def _copied_out(connection: Any, table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"copy (select * from raw.{table}) to stdout") as copy:
        return b"".join(map(bytes, copy))


def frames(batch: Sequence[Loadable]) -> dict[str, pd.DataFrame]:
    """The rows of all sheets by table, with whose they are."""
    found = {}
    for name in load_dictionary():
        own = [
            loadable.reading.sheets[name].rows.assign(
                submission_id=loadable.submission_id,
                report_month=loadable.reading.report_month,
                unit_code=loadable.reading.unit_code,
            )
            for loadable in batch
            if name in loadable.reading.sheets and loadable.reading.sheets[name].row_numbers
        ]
        if own:
            names = [column.name for column in SHEET_TABLES[name].columns]
            found[name] = pd.concat(own, ignore_index=True).astype(object)[names]
    return found


class ToSql:
    """pandas.to_sql as it comes, into the tables of `raw` themselves; values as the driver takes them."""

    def __init__(self, engine: Engine, batch: Sequence[Loadable], driver: str) -> None:
        self.engine = create_engine(engine.url.set(drivername=f"postgresql+{driver}"), poolclass=NullPool)
        self.frames = frames(batch)
        for name, frame in self.frames.items():
            for column in load_dictionary()[name].columns:
                if column.type is ColumnType.DATE:
                    frame[column.name] = frame[column.name].map(lambda days: Range(*days), na_action="ignore")

    def __call__(self) -> None:
        """Load all tables in one transaction."""
        with self.engine.begin() as connection:
            for name, frame in self.frames.items():
                kinds = {column.name: column.type for column in SHEET_TABLES[name].columns}
                frame.to_sql(name, connection, schema="raw", if_exists="append", index=False, dtype=kinds)


def write_parquet(batch: Sequence[Loadable], folder: Path) -> dict[str, int]:
    """Write the rows as one parquet file per table; what is no plain value as JSON, a date as COPY takes it.

    Returns the number of rows by table.
    """
    written = {}
    for name, frame in frames(batch).items():
        kinds = {column.name: column.type for column in load_dictionary()[name].columns}
        columns = {
            str(column): _arrow(frame[column].tolist(), kinds.get(str(column)), str(column)) for column in frame.columns
        }
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
        written[name] = len(frame)
    return written


def _arrow(values: list[Any], kind: ColumnType | None, name: str) -> pa.Array:
    if name in ("submission_id", "row_number"):
        return pa.array(values, pa.int64())
    if name == "report_month":
        return pa.array(values, pa.date32())
    if name == "extras" or kind is ColumnType.CHOICES:
        values = [None if value is None else json.dumps(value, ensure_ascii=False) for value in values]
    if kind is ColumnType.DATE:
        values = [None if value is None else f"[{value[0]},{value[1]})" for value in values]
    return pa.array(values, ARROW_TYPES.get(kind, pa.string()) if kind else pa.string())


class Dlt:
    """dlt in a process of its own that has imported everything and holds the Arrow tables."""

    def __init__(self, process: "subprocess.Popen[str]", engine: Engine, rows: dict[str, int]) -> None:
        self.process = process
        self.engine = engine
        self.rows = rows
        self.numbers = count(1)
        self.dataset = ""

    def forget(self) -> None:
        """Drop what it has loaded last; RuntimeError when that was not everything."""
        if self.dataset:
            with self.engine.begin() as connection:
                for name, rows in self.rows.items():
                    found = connection.exec_driver_sql(f"select count(*) from {self.dataset}.{name}").scalar_one()
                    if found != rows:
                        raise RuntimeError(f"dlt has loaded {found} of {rows} rows of {name}")
                connection.exec_driver_sql(f"drop schema if exists {self.dataset} cascade")
                connection.exec_driver_sql(f"drop schema if exists {self.dataset}_staging cascade")

    def __call__(self) -> None:
        """Load all tables into a new dataset. RuntimeError when it has failed."""
        self.dataset = f"dlt_{next(self.numbers)}"
        self._tell(self.dataset)
        self.expect("loaded")

    def _tell(self, line: str) -> None:
        if self.process.stdin is None:
            raise RuntimeError("dlt has no input")
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def expect(self, wanted: str) -> None:
        """Wait for its answer; RuntimeError when it is another one."""
        answer = self.process.stdout.readline().strip() if self.process.stdout else ""
        if answer != wanted:
            raise RuntimeError(f"dlt: {answer or 'ended'}, not {wanted}")


@contextmanager
def dlt(interpreter: Path, engine: Engine, batch: Sequence[Loadable], folder: Path) -> Iterator[Dlt]:
    """dlt ready to load the rows of the batch, its files in the folder."""
    rows = write_parquet(batch, folder)
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = os.environ | {
        "LOADING_URL": address,
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "RUNTIME__LOG_LEVEL": "ERROR",
        "DLT_DATA_DIR": str(folder / "dlt"),
    }
    process = subprocess.Popen(
        [interpreter, PROGRAM, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=folder,
    )
    try:
        ready = Dlt(process, engine, rows)
        ready.expect("ready")
        yield ready
    finally:
        process.communicate()

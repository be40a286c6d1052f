"""Marts as CSV or Parquet, streamed out of the database by COPY: memory does not grow with the rows.

CSV is for people: UTF-8 with a mark that Excel knows, and texts that a spreadsheet would take for a formula begin with
an apostrophe. Parquet is exact: typed, with label, unit and meaning of each column.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import Connection

from taizhang.access.comments import column_comment_en
from taizhang.dictionary.mart import MartColumn
from taizhang.export.request import Selection, Shown

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = ("parquet", "csv")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What makes a spreadsheet take a text for a formula, also in the full width of Chinese input.
_FORMULA = r"^[=+\-@＝＋－＠\t\r\n]"
_BLOCK_BYTES = 4 * 2**20
# Exact to as many places as a half width or share needs.
_PLACES = 18

_TEXTS = ("text", "text[]", "daterange", "jsonb", "integer[]")


@dataclass(frozen=True)
class Written:
    """A file as it was written."""

    file: str
    rows: int
    byte_size: int
    sha256: str


def write_table(
    connection: Connection, chosen: Selection, shown: Shown, folder: Path, kind: Format, *, labels: bool
) -> Written:
    """Write a mart's rows in the order of its keys; the file appears whole or not at all."""
    path = folder / f"{chosen.mart.mart}.{kind}"
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as handle:
            if kind == "csv":
                rows = _write_csv(connection, chosen, handle, labels=labels)
            else:
                rows = _write_parquet(connection, chosen, shown, handle, labels=labels)
        with part.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return Written(path.name, rows, path.stat().st_size, digest)


def header(column: MartColumn, *, labels: bool) -> str:
    """Return what a column is called in a file."""
    return column.labelled_unit if labels else column.name


def _query(chosen: Selection, expressions: list[sql.Composable], options: LiteralString) -> sql.Composed:
    keys = sql.SQL(", ").join(
        sql.SQL('{} collate "C"' if column.sql_type == "text" else "{}").format(sql.Identifier(column.name))
        for column in chosen.columns
        if column.name in chosen.mart.keys
    )
    return sql.SQL("copy (select {} from {} order by {}) to stdout with ({})").format(
        sql.SQL(", ").join(expressions),
        sql.Identifier(*chosen.view.split(".")),
        keys,
        sql.SQL(options),
    )


@contextmanager
def _copied(connection: Connection, statement: sql.Composed) -> Iterator[psycopg.Copy]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        yield copy


def _write_csv(connection: Connection, chosen: Selection, handle: BinaryIO, *, labels: bool) -> int:
    expressions = [
        sql.SQL("{} as {}").format(_readable(column), sql.Identifier(header(column, labels=labels)))
        for column in chosen.columns
    ]
    handle.write(BYTE_ORDER_MARK)
    with _copied(connection, _query(chosen, list(expressions), "format csv, header true")) as copy:
        for block in copy:
            handle.write(block)
        return copy.cursor.rowcount


def _readable(column: MartColumn) -> sql.Composable:
    """SQL of a value as people read it, and of a text as no spreadsheet computes it."""
    name = sql.Identifier(column.name)
    if column.sql_type not in _TEXTS:
        return sql.SQL("{}::text" if column.sql_type == "boolean" else "{}").format(name)
    text = _as_text(column)
    return sql.SQL("case when {text} ~ {formula} then '''' || {text} else {text} end").format(
        text=text, formula=_FORMULA
    )


def _as_text(column: MartColumn) -> sql.Composable:
    name = sql.Identifier(column.name)
    if column.sql_type.endswith("[]"):
        return sql.SQL("array_to_json({})::text").format(name)
    return sql.SQL("{}::text").format(name)


def _write_parquet(connection: Connection, chosen: Selection, shown: Shown, handle: BinaryIO, *, labels: bool) -> int:
    from pyarrow import csv, parquet

    schema = _schema(chosen, shown, labels=labels)
    expressions = [
        sql.SQL("{} as {}").format(_exact(column), sql.Identifier(header(column, labels=labels)))
        for column in chosen.columns
    ]
    conversion = csv.ConvertOptions(
        column_types=schema,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )
    reading = csv.ReadOptions(column_names=schema.names, block_size=_BLOCK_BYTES)
    parsing = csv.ParseOptions(newlines_in_values=True)
    rows = 0
    with (
        parquet.ParquetWriter(handle, schema, compression="zstd") as writer,
        _copied(connection, _query(chosen, list(expressions), "format csv")) as copy,
    ):
        source = io.BufferedReader(_CopyStream(copy), _BLOCK_BYTES)
        if not source.peek(1):
            return 0
        for batch in csv.open_csv(source, reading, parsing, conversion):
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows


def _exact(column: MartColumn) -> sql.Composable:
    """SQL of a value as the CSV reader of Arrow takes it without loss."""
    if column.sql_type in _TEXTS:
        return _as_text(column)
    if column.sql_type == "numeric":
        return sql.SQL("{}::numeric(38,{})").format(sql.Identifier(column.name), sql.SQL(str(_PLACES)))
    return sql.Identifier(column.name)


def _schema(chosen: Selection, shown: Shown, *, labels: bool) -> "pa.Schema":
    import pyarrow as pa

    types = {
        "bigint": pa.int64(),
        "integer": pa.int32(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "numeric(20,6)": pa.decimal128(20, 6),
        "numeric": pa.decimal128(38, _PLACES),
        "timestamp with time zone": pa.timestamp("us", tz="UTC"),
        **dict.fromkeys(_TEXTS, pa.string()),
    }
    fields = [
        pa.field(
            header(column, labels=labels),
            types[column.sql_type],
            metadata={
                "name": column.name,
                "label": column.label,
                "unit": column.unit or "",
                "additivity": column.additivity,
                "description": column_comment_en(chosen.mart, column),
            },
        )
        for column in chosen.columns
    ]
    about = {
        "mart": chosen.mart.mart,
        "label": chosen.mart.label,
        "publication": str(shown.publication_id),
        "certificate_sha256": shown.certificate_sha256,
    }
    return pa.schema(fields, metadata=about)


class _CopyStream(io.RawIOBase):
    """What COPY sends, as a file that is read once from start to end."""

    def __init__(self, copy: psycopg.Copy) -> None:
        self._copy = copy
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """True: it is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what there is; 0 at the end."""
        if not self._rest:
            self._rest = memoryview(self._copy.read())
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

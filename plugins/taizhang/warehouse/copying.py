"""Values as PostgreSQL's COPY text format wants them: column by column, then rows in one join."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from taizhang.dictionary import ColumnType

NULL = r"\N"
# PostgreSQL cannot store the NUL character, nor half a surrogate pair, which a broken file may hold.
_STORABLE = {0: "", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
# The rest has a meaning in COPY's text format.
_ESCAPES = _STORABLE | str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_text(value: str) -> str:
    """Escape a text."""
    return value.translate(_ESCAPES)


def _array(codes: Sequence[str]) -> str:
    quoted = (code.replace("\\", "\\\\").replace('"', '\\"') for code in codes)
    return copy_text("{" + ",".join(f'"{code}"' for code in quoted) + "}")


def storable(value: str) -> str:
    """Return the text without what PostgreSQL cannot store."""
    return value.translate(_STORABLE)


def copy_json(texts: dict[str, str]) -> str:
    """Format texts by name as a JSON object."""
    kept = {storable(name): storable(text) for name, text in texts.items()}
    return copy_text(json.dumps(kept, ensure_ascii=False))


_FORMATS: dict[ColumnType, Callable[[Any], str]] = {
    ColumnType.TEXT: copy_text,
    ColumnType.PROJECT_CODE: copy_text,
    ColumnType.CHOICE: copy_text,
    ColumnType.CHOICES: _array,
    ColumnType.FLAG: lambda value: "t" if value else "f",
    ColumnType.COUNT: lambda value: str(int(value)),
    ColumnType.AMOUNT: lambda value: format(value, "f"),
    ColumnType.RATE: lambda value: format(value, "f"),
    ColumnType.POINTS: lambda value: format(value, "f"),
    ColumnType.GROWTH: lambda value: format(value, "f"),
    ColumnType.QUANTITY: lambda value: format(value, "f"),
    ColumnType.DATE: lambda value: f"[{value[0]},{value[1]})",
    ColumnType.MONTH: str,
}


def format_column(values: Iterable[Any], write: Callable[[Any], str] = str) -> list[str]:
    """Format one column; None and NaN become NULL."""
    return [NULL if value is None or value != value else write(value) for value in values]


def format_typed(values: Iterable[Any], column_type: ColumnType) -> list[str]:
    """Format one column of a dictionary type."""
    return format_column(values, _FORMATS[column_type])


def copy_into(connection: Connection, table: str, columns: dict[str, list[str]]) -> int:
    """COPY formatted columns of equal length into the table `schema.name`; returns the number of rows."""
    counts = {len(values) for values in columns.values()}
    if len(counts) != 1:
        raise ValueError(f"{table}: columns of different lengths {counts}")
    if not (count := counts.pop()):
        return 0
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    raw = connection.connection.driver_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("\n".join(map("\t".join, zip(*columns.values(), strict=True))))
        copy.write("\n")
    return count

"""Values as PostgreSQL's COPY text format wants them: column by column, then rows in one join.

Columns are formatted as a whole where their values allow it; formatting each value by itself took longer than the
server needs to load it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from taizhang.dictionary import ColumnType

if TYPE_CHECKING:
    from sqlalchemy import Connection

NULL = r"\N"
# PostgreSQL cannot store the NUL character, nor half a surrogate pair, which a broken file may hold.
_STORABLE = {0: "", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
# The rest has a meaning in COPY's text format.
_ESCAPES = _STORABLE | str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def copy_text(value: str) -> str:
    """Escape a text."""
    return value if _is_plain(value) else value.translate(_ESCAPES)


def _is_plain(value: str) -> bool:
    """True for a text without anything to escape: all of that is unprintable, apart from the backslash."""
    return value.isprintable() and "\\" not in value


def _array(codes: Sequence[str]) -> str:
    return _tuple_of_codes(tuple(codes))


@lru_cache(maxsize=1 << 12)
def _tuple_of_codes(codes: tuple[str, ...]) -> str:
    quoted = (code.replace("\\", "\\\\").replace('"', '\\"') for code in codes)
    return copy_text("{" + ",".join(f'"{code}"' for code in quoted) + "}")


@lru_cache(maxsize=1 << 16)
def _days(days: tuple[Any, Any]) -> str:
    return f"[{days[0]},{days[1]})"


def storable(value: str) -> str:
    """Return the text without what PostgreSQL cannot store."""
    return value if value.isprintable() else value.translate(_STORABLE)


def copy_json(texts: dict[str, str]) -> str:
    """Format texts by name as a JSON object."""
    pairs = (f"{_quoted(storable(name))}: {_quoted(storable(text))}" for name, text in texts.items())
    return copy_text("{" + ", ".join(pairs) + "}")


def _figure(value: Any) -> str:
    return str(value) if type(value) is int else format(value, "f")


_FORMATS: dict[ColumnType, Callable[[Any], str]] = {
    ColumnType.TEXT: copy_text,
    ColumnType.PROJECT_CODE: copy_text,
    ColumnType.CHOICE: copy_text,
    ColumnType.CHOICES: _array,
    ColumnType.FLAG: lambda value: "t" if value else "f",
    ColumnType.COUNT: lambda value: str(int(value)),
    ColumnType.AMOUNT: _figure,
    ColumnType.RATE: _figure,
    ColumnType.POINTS: _figure,
    ColumnType.GROWTH: _figure,
    ColumnType.QUANTITY: _figure,
    ColumnType.DATE: _days,
    ColumnType.MONTH: str,
}


def format_typed(values: Sequence[Any], column_type: ColumnType) -> Sequence[str]:
    """Format one column of a dictionary type; None and NaN become NULL."""
    return format_column(values, _FORMATS[column_type])


def format_any(values: Sequence[Any]) -> Sequence[str]:
    """Format one column of texts, numbers, dates or tuples of numbers; None and NaN become NULL."""
    return format_column(values, _by_kind)


def _by_kind(value: Any) -> str:
    return "{" + ",".join(map(str, value)) + "}" if isinstance(value, tuple) else copy_text(str(value))


def format_column(values: Sequence[Any], write: Callable[[Any], str]) -> Sequence[str]:
    """Format one column; what `write` makes of a value stands for it, None and NaN become NULL."""
    kinds = set(map(type, values))
    has_none = type(None) in kinds
    kinds.discard(type(None))
    if not kinds:
        return [NULL] * len(values)
    if kinds == {str} and write in (copy_text, _by_kind) and _is_plain("".join(filter(None, values))):
        return [NULL if value is None else value for value in values] if has_none else values
    if kinds <= {Decimal, int} and write is _figure:
        written = [NULL if value is None else str(value) for value in values] if has_none else list(map(str, values))
        if not _needs_care("".join(written)):
            return written
    if kinds & {float, Decimal}:
        return [NULL if value is None or value != value else write(value) for value in values]
    return [NULL if value is None else write(value) for value in values]


def _needs_care(figures: str) -> bool:
    """True where a figure is written with an exponent, or is NaN."""
    return "E" in figures or "a" in figures


def joined(columns: Sequence[Sequence[str]]) -> str:
    """Return formatted columns as rows, each with a line break at its end; ValueError if their lengths differ."""
    return "\n".join([*map("\t".join, zip(*columns, strict=True)), ""])


def copy_into(connection: "Connection", table: str, columns: Iterable[str], lines: Iterable[str]) -> None:
    """COPY formatted rows, some in each text, into these columns of the table `schema.name`."""
    # A process that only formats needs no driver.
    from psycopg import sql

    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    raw = connection.connection.driver_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for text in lines:
            copy.write(text)

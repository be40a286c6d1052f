"""Rows chained by hash: what people decided, one after the other, so that none can be changed or left out unnoticed."""

import getpass
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select, text

from taizhang.evidence.hashing import content_sha256
from taizhang.warehouse.closing_tables import approval, month_close

# Of advisory locks that last as long as a transaction: what people decide, and the gate, one after the other.
KEY = 4_716_023_118_650_201
CHAINED = (month_close, approval)
PREVIOUS = "previous_sha256"


@dataclass(frozen=True)
class Broken:
    """A row that is not as it was written, or does not follow the one before."""

    table: str
    number: int
    message_zh: str
    message_en: str


def hold(connection: Connection) -> None:
    """Wait for all who decide, or look at what was decided, and let nobody else until the transaction ends."""
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": KEY})


def look(connection: Connection) -> None:
    """Let nobody decide until the transaction ends; others may look at the same time."""
    connection.execute(text("select pg_advisory_xact_lock_shared(:key)"), {"key": KEY})


def head(connection: Connection, table: Table) -> str | None:
    """Return the hash of the newest row; None when there is none."""
    (key,) = table.primary_key.columns
    found: str | None = connection.scalar(select(table.c.sha256).order_by(key.desc()).limit(1))
    return found


def append(connection: Connection, table: Table, values: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """Write a row whose content says all that its columns say; returns its sha256. The caller holds the lock."""
    whole = {
        **content,
        **{name: _plain(value) for name, value in values.items()},
        "logged_in_as": {"system": getpass.getuser(), "database": connection.scalar(text("select session_user"))},
        PREVIOUS: head(connection, table),
    }
    sha256 = content_sha256(whole)
    statement = (
        f"insert into {table.schema}.{table.name} ({', '.join(values)}, content, sha256)"  # noqa: S608 - our own names
        f" values ({', '.join(f':{name}' for name in values)}, cast(:content as jsonb), :sha256)"
    )
    connection.execute(text(statement), {**values, "content": json.dumps(whole), "sha256": sha256})
    return sha256


def broken(connection: Connection, table: Table) -> Iterator[Broken]:
    """Compute every hash of a table again, in order; yields what does not match."""
    (key,) = table.primary_key.columns
    kept = {"content", "sha256", "created_at", key.name}
    named = [column.name for column in table.columns if column.name not in kept]
    previous: str | None = None
    for row in connection.execute(select(table).order_by(key)).mappings():
        number, content = row[key.name], row["content"]
        if content_sha256(content) != row["sha256"]:
            yield Broken(table.name, number, "内容与其哈希不符", "its content does not match its hash")
        elif content.get(PREVIOUS) != previous:
            yield Broken(table.name, number, "与前一条记录不衔接", "it does not follow the row before")
        elif differing := [name for name in named if _plain(row[name]) != content.get(name)]:
            yield Broken(
                table.name,
                number,
                f"{'、'.join(differing)} 已被改动",
                f"{', '.join(differing)} is not what its content says",
            )
        previous = row["sha256"]


def _plain(value: Any) -> Any:
    """A column's value as it stands in the content."""
    return value.isoformat() if hasattr(value, "isoformat") else value

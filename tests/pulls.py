"""Pulls in tests: sources without pauses, and what the inbox and `ops` show of them."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from taizhang.settings import settings
from taizhang.sources import inbox
from tests.waiting import rows_of


def inbox_contents() -> dict[str, bytes]:
    """What the night would find: contents of the inbox's files by name."""
    return {file.name: file.path.read_bytes() for file in inbox.listing()}


def leftovers() -> list[Path]:
    """Files of the inbox that are half fetched."""
    return [path for path in (settings().inbox_dir / ".pulling").rglob("*") if path.is_file()]


def items(engine: Engine) -> dict[str, dict[str, Any]]:
    """The known items by file name."""
    return {row["file_name"]: row for row in rows_of(engine, "select * from ops.source_item order by first_seen_at")}


def pulls(engine: Engine) -> list[dict[str, Any]]:
    """The rows of the pulls, in their order."""
    return rows_of(engine, "select * from ops.source_pull order by pull_id")


def cursor(engine: Engine) -> str | None:
    """The only source's cursor."""
    return next((row["cursor"] for row in rows_of(engine, "select cursor from ops.source_cursor")), None)

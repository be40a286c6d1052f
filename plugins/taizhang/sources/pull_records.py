"""What `ops` keeps of pulls: how each fared, which versions of items are known, and how far each source was read."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from taizhang.sources.file_names import storable
from taizhang.sources.items import Item

_OPEN = text(
    """
    insert into ops.source_pull (source_name, source_kind, state)
    values (:source_name, :source_kind, 'running')
    returning pull_id, started_at
    """
)
_KILLED = text(
    """
    update ops.source_pull
    set state = 'killed', finished_at = now(), failure = 'killed before it ended'
    where source_name = :source_name and state = 'running'
    """
)
_CLOSE = text(
    """
    update ops.source_pull
    set
        state = :state,
        finished_at = now(),
        taken_count = :taken,
        refused_count = :refused,
        waiting_count = :waiting,
        failed_count = :failed,
        left_count = :remaining,
        byte_count = :byte_count,
        failure = :failure
    where pull_id = :pull_id
    """
)
_POSITION = text("select cursor, complete_at from ops.source_cursor where source_name = :source_name")
_ADVANCE = text(
    """
    insert into ops.source_cursor (source_name, cursor, complete_at)
    values (:source_name, :cursor, :complete_at)
    on conflict (source_name) do update set
        cursor = coalesce(excluded.cursor, source_cursor.cursor),
        complete_at = coalesce(excluded.complete_at, source_cursor.complete_at),
        state_at = now()
    """
)
_KNOWN = text(
    """
    select item_key, state, filed_at, first_seen_at, inbox_uri
    from ops.source_item
    where item_key = any(cast(:keys as text[]))
    """
)
_STORE = text(
    """
    insert into ops.source_item (
        item_key, source_name, remote_id, version, state, reason_code, reason, file_name, byte_size,
        modified_at, filed_at, sha256, inbox_uri, provenance, pull_id
    )
    select
        :item_key, :source_name, :remote_id, :version, :state, :reason_code, :reason, :file_name, :byte_size,
        :modified_at, :filed_at, :sha256, :inbox_uri, jsonb_object(cast(:keys as text[]), cast(:values as text[])),
        :pull_id
    on conflict (item_key) do update set
        state = excluded.state,
        reason_code = excluded.reason_code,
        reason = excluded.reason,
        byte_size = excluded.byte_size,
        filed_at = excluded.filed_at,
        sha256 = excluded.sha256,
        inbox_uri = excluded.inbox_uri,
        provenance = excluded.provenance,
        pull_id = excluded.pull_id,
        state_at = now()
    where source_item.state = 'waiting' and excluded.state <> 'waiting'
    """
)
# A version that was being written and is no more has come to nothing.
_FORGET = text(
    """
    delete from ops.source_item
    where
        source_name = :source_name
        and state = 'waiting'
        and remote_id = :remote_id
        and item_key <> :item_key
    """
)


@dataclass(frozen=True)
class Opened:
    """A pull that has begun, and from where it goes on."""

    pull_id: int
    started_at: datetime
    cursor: str | None
    complete_at: datetime | None


@dataclass(frozen=True)
class Known:
    """What is known of a version of an item."""

    state: str
    filed_at: datetime | None
    first_seen_at: datetime
    inbox_uri: str | None


@dataclass(frozen=True)
class Outcome:
    """What becomes of an item."""

    state: str
    filed_at: datetime
    reason_code: str | None = None
    reason: str | None = None
    byte_size: int | None = None
    sha256: str | None = None
    inbox_uri: str | None = None


def item_key(source_name: str, item: Item) -> str:
    """The key of a version of an item of a source."""
    parts = (source_name, item.remote_id, item.version)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def open_pull(engine: Engine, source_name: str, source_kind: str) -> Opened:
    """Note that a pull begins; one of the same source that never ended is marked as killed."""
    with engine.begin() as connection:
        connection.execute(_KILLED, {"source_name": source_name})
        begun = connection.execute(_OPEN, {"source_name": source_name, "source_kind": source_kind}).one()
        position = connection.execute(_POSITION, {"source_name": source_name}).one_or_none()
    cursor, complete_at = (position.cursor, position.complete_at) if position else (None, None)
    return Opened(begun.pull_id, begun.started_at, cursor, complete_at)


def close_pull(engine: Engine, pull_id: int, counts: dict[str, int], failures: list[str]) -> None:
    """Note how a pull has ended."""
    failure = storable("\n".join(failures)) or None
    with engine.begin() as connection:
        connection.execute(
            _CLOSE, {"pull_id": pull_id, "state": "failed" if failures else "done", "failure": failure, **counts}
        )


def advance(engine: Engine, source_name: str, cursor: str | None, complete_at: datetime | None = None) -> None:
    """Note from where the next pull goes on, and that this one has left nothing behind."""
    with engine.begin() as connection:
        connection.execute(_ADVANCE, {"source_name": source_name, "cursor": cursor, "complete_at": complete_at})


def known_items(connection: Connection, keys: Collection[str]) -> dict[str, Known]:
    """Return what is known of versions of items, by key."""
    return {
        row.item_key: Known(row.state, row.filed_at, row.first_seen_at, row.inbox_uri)
        for row in connection.execute(_KNOWN, {"keys": list(keys)})
    }


def store_item(connection: Connection, pull_id: int, source_name: str, item: Item, outcome: Outcome) -> None:
    """Note what becomes of a version of an item; what was taken or refused once stays so."""
    provenance = {storable(key): storable(value) for key, value in item.provenance.items()}
    key = item_key(source_name, item)
    remote_id = storable(item.remote_id)
    connection.execute(_FORGET, {"source_name": source_name, "remote_id": remote_id, "item_key": key})
    values = {
        "item_key": key,
        "source_name": source_name,
        "remote_id": remote_id,
        "version": storable(item.version),
        "file_name": storable(item.file_name),
        "modified_at": item.modified_at,
        "keys": list(provenance),
        "values": list(provenance.values()),
        "pull_id": pull_id,
        "state": outcome.state,
        "filed_at": outcome.filed_at,
        "reason_code": outcome.reason_code,
        "reason": storable(outcome.reason) if outcome.reason else None,
        "byte_size": item.byte_size if outcome.byte_size is None else outcome.byte_size,
        "sha256": outcome.sha256,
        "inbox_uri": outcome.inbox_uri,
    }
    connection.execute(_STORE, values)

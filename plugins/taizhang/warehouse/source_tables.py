"""Tables of the schema `ops` that say what was pulled from the sources of `config/sources.yml`, and how far."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, Integer, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB

from taizhang.warehouse.tables import metadata, one_of

PULL_STATES = ("running", "done", "failed", "killed")
ITEM_STATES = ("waiting", "taken", "refused")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


source_pull = Table(
    "source_pull",
    metadata,
    Column("pull_id", BigInteger, Identity(always=True), primary_key=True),
    Column("source_name", Text, nullable=False),
    Column("source_kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
    _count("taken_count"),
    _count("refused_count"),
    _count("waiting_count"),
    _count("failed_count"),
    _count("left_count"),
    Column("byte_count", BigInteger, nullable=False, server_default=text("0"), comment="Bytes of what was taken."),
    Column("failure", Text, comment="What failed, one line each; null: nothing."),
    one_of("state", PULL_STATES),
    schema="ops",
    comment="One row per pull of a source.",
)
Index("source_pull_by_source", source_pull.c.source_name, source_pull.c.pull_id)

source_item = Table(
    "source_item",
    metadata,
    Column("item_key", Text, primary_key=True, comment="sha256 over source, remote_id and version."),
    Column("source_name", Text, nullable=False),
    Column("remote_id", Text, nullable=False, comment="Path, id or mail address of the item at its source."),
    Column("version", Text, nullable=False, comment="Etag, or time and size, or updated_at: changes with the content."),
    Column("state", Text, nullable=False),
    Column("reason_code", Text, comment="Of a refused one."),
    Column("reason", Text),
    Column("file_name", Text, nullable=False, comment="As the source calls it."),
    Column("byte_size", BigInteger),
    Column("modified_at", DateTime(timezone=True), comment="When it was last changed, by the source's account."),
    Column("filed_at", DateTime(timezone=True), comment="From when on it counts as filed."),
    Column("sha256", Text, comment="Of what was taken."),
    Column("inbox_uri", Text, comment="Where it was put: ops.arrival.source_uri."),
    Column("provenance", JSONB, nullable=False, comment="What else the source says: URL, etag, message id, sender."),
    Column("pull_id", ForeignKey("ops.source_pull.pull_id"), nullable=False, comment="That has put it in its state."),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    one_of("state", ITEM_STATES),
    schema="ops",
    comment="One row per version of an item of a source that was taken, refused or is still being written.",
)
Index("source_item_by_source", source_item.c.source_name, source_item.c.state_at)
Index("source_item_by_inbox_uri", source_item.c.inbox_uri, postgresql_where=text("inbox_uri is not null"))
Index("source_item_waiting", source_item.c.source_name, postgresql_where=text("state = 'waiting'"))

source_cursor = Table(
    "source_cursor",
    metadata,
    Column("source_name", Text, primary_key=True),
    Column("cursor", Text, comment="From where the next pull goes on; null: from the beginning."),
    Column("complete_at", DateTime(timezone=True), comment="Start of the last pull that left nothing behind."),
    Column("state_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="How far each source has been pulled.",
)

"""Keep what was pulled from the sources, and how far."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _create_pulls()
    _create_items()
    op.create_table(
        "source_cursor",
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), comment="From where the next pull goes on; null: from the beginning."),
        _time("complete_at", "Start of the last pull that left nothing behind."),
        sa.Column("state_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("source_name"),
        schema="ops",
        comment="How far each source has been pulled.",
    )


def _create_pulls() -> None:
    counts = ("taken_count", "refused_count", "waiting_count", "failed_count", "left_count")
    op.create_table(
        "source_pull",
        sa.Column("pull_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _time("finished_at"),
        *(sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False) for name in counts),
        sa.Column(
            "byte_count",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Bytes of what was taken.",
        ),
        sa.Column("failure", sa.Text(), comment="What failed, one line each; null: nothing."),
        sa.CheckConstraint("state in ('running', 'done', 'failed', 'killed')", name="state_known"),
        sa.PrimaryKeyConstraint("pull_id"),
        schema="ops",
        comment="One row per pull of a source.",
    )
    op.create_index("source_pull_by_source", "source_pull", ["source_name", "pull_id"], schema="ops")


def _create_items() -> None:
    op.create_table(
        "source_item",
        sa.Column("item_key", sa.Text(), nullable=False, comment="sha256 over source, remote_id and version."),
        sa.Column("source_name", sa.Text(), nullable=False),
        _text("remote_id", "Path, id or mail address of the item at its source."),
        _text("version", "Etag, or time and size, or updated_at: changes with the content."),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), comment="Of a refused one."),
        sa.Column("reason", sa.Text()),
        sa.Column("file_name", sa.Text(), nullable=False, comment="As the source calls it."),
        sa.Column("byte_size", sa.BigInteger()),
        _time("modified_at", "When it was last changed, by the source's account."),
        _time("filed_at", "From when on it counts as filed."),
        sa.Column("sha256", sa.Text(), comment="Of what was taken."),
        sa.Column("inbox_uri", sa.Text(), comment="Where it was put: ops.arrival.source_uri."),
        sa.Column(
            "provenance", JSONB(), nullable=False, comment="What else the source says: URL, etag, message id, sender."
        ),
        sa.Column("pull_id", sa.BigInteger(), nullable=False, comment="That has put it in its state."),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('waiting', 'taken', 'refused')", name="state_known"),
        sa.ForeignKeyConstraint(["pull_id"], ["ops.source_pull.pull_id"]),
        sa.PrimaryKeyConstraint("item_key"),
        schema="ops",
        comment="One row per version of an item of a source that was taken, refused or is still being written.",
    )
    op.create_index("source_item_by_source", "source_item", ["source_name", "state_at"], schema="ops")
    for name, column, where in (
        ("source_item_by_inbox_uri", "inbox_uri", "inbox_uri is not null"),
        ("source_item_waiting", "source_name", "state = 'waiting'"),
    ):
        op.create_index(name, "source_item", [column], schema="ops", postgresql_where=sa.text(where))


def _time(name: str, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), comment=comment)


def _text(name: str, comment: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, comment=comment)

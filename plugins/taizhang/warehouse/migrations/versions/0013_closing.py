"""Close months, and let submissions wait for people: for a review, or for the restatement of a closed month."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = (
    "received", "read", "accepted", "in_review", "held", "returned", "quarantined", "refused", "superseded",
    "withdrawn",
)  # fmt: skip
MONTH_STATES = ("open", "closing", "closed")
DECISIONS = (
    "review_accepted", "review_returned", "restatement_requested", "restatement_approved", "restatement_refused",
)  # fmt: skip


def upgrade() -> None:
    """Apply."""
    for table, column in (
        ("ops.submission", "state"),
        ("ops.submission_event", "state"),
        ("audit.judgement", "outcome"),
    ):
        op.execute(f"alter table {table} drop constraint {column}_known")
        op.execute(f"alter table {table} add constraint {column}_known check ({_one_of(column, STATES)})")
    op.create_index(
        "submission_undecided",
        "submission",
        ["unit_code", "report_month"],
        unique=True,
        schema="ops",
        postgresql_where=sa.text("state in ('in_review', 'held')"),
    )
    op.create_index(
        "submission_returned",
        "submission",
        ["state_at"],
        schema="ops",
        postgresql_where=sa.text("state in ('held', 'returned')"),
    )
    _create_month_close()
    _create_approval()
    for table in ("month_close", "approval"):
        op.execute(
            f"create trigger append_only before update or delete or truncate on ops.{table}"
            " for each statement execute function audit.refuse_change()"
        )


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


def _hashed(comment: str) -> list[sa.Column[object]]:
    return [
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment=comment),
        sa.Column("sha256", sa.Text(), nullable=False, unique=True, comment="Of the content in canonical form."),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ]


def _create_month_close() -> None:
    op.create_table(
        "month_close",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "publication_id",
            sa.Integer(),
            sa.ForeignKey("ops.publication.publication_id"),
            nullable=False,
            comment="Whose figures were shown.",
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_hashed("What was laid before people, or certified, and the hash before it."),
        sa.CheckConstraint(_one_of("state", MONTH_STATES), name="state_known"),
        schema="ops",
        comment="What became of each month, a row per change; the newest is its state, without any it is open.",
    )
    op.create_index("month_close_of_month", "month_close", ["report_month", "event_id"], schema="ops")
    op.create_index(
        "month_close_once",
        "month_close",
        ["report_month"],
        unique=True,
        schema="ops",
        postgresql_where=sa.text("state = 'closed'"),
    )


def _create_approval() -> None:
    op.create_table(
        "approval",
        sa.Column("approval_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column(
            "submission_id",
            sa.BigInteger(),
            sa.ForeignKey("ops.submission.submission_id"),
            comment="null: it is about a correction.",
        ),
        sa.Column("amendment_id", sa.Text(), comment="A correction of a closed month; null: it is about a submission."),
        sa.Column("entry_sha256", sa.Text(), comment="Of the correction's entry as it stood."),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_hashed("All of it, with who was logged in, and the hash before it."),
        sa.CheckConstraint(_one_of("decision", DECISIONS), name="decision_known"),
        sa.CheckConstraint("(submission_id is null) = (amendment_id is not null)", name="about_one_thing"),
        sa.CheckConstraint("(amendment_id is null) = (entry_sha256 is null)", name="entry_of_amendment"),
        schema="ops",
        comment="What people decided about submissions that waited for them, and about corrections of closed months.",
    )
    for name, columns, unique in (
        ("approval_of_submission", ["submission_id", "decision"], True),
        ("approval_of_amendment", ["amendment_id", "entry_sha256", "decision"], True),
        ("approval_of_unit", ["unit_code", "report_month"], False),
    ):
        op.create_index(name, "approval", columns, unique=unique, schema="ops")

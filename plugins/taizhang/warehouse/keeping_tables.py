"""Tables of backfills, legal holds and housekeeping: what history was filled in, what may not go, what went and why."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from taizhang.warehouse.tables import created_at, metadata, one_of

REMOVED_KINDS = ("raw_rows", "outbox_file", "data_docs", "report")

backfill = Table(
    "backfill",
    metadata,
    Column("backfill_id", BigInteger, Identity(always=True), primary_key=True),
    Column("folder", Text, nullable=False),
    Column("first_month", Date, nullable=False),
    Column("last_month", Date, nullable=False),
    Column("finished_at", DateTime(timezone=True), comment="null: under way, or interrupted."),
    created_at(),
    UniqueConstraint("folder", "first_month", "last_month"),
    CheckConstraint("first_month <= last_month", name="months_in_order"),
    schema="ops",
    comment="Years of history filled in from a folder; started again, one goes on where it was.",
)

backfill_file = Table(
    "backfill_file",
    metadata,
    Column("backfill_id", ForeignKey("ops.backfill.backfill_id"), nullable=False),
    Column("source_uri", Text, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("byte_size", BigInteger, nullable=False),
    Column("unit_code", Text),
    Column("report_month", Date, comment="null: the file does not tell; it is taken last, and refused."),
    Column("passed_over", Text, comment="Why it is not taken; null: it is."),
    one_of("passed_over", ("outside", "in_force")),
    PrimaryKeyConstraint("backfill_id", "source_uri", "modified_ns", "byte_size"),
    schema="ops",
    comment="The plan of a backfill; ops.arrival tells what became of a file.",
)
Index("backfill_file_by_source", backfill_file.c.source_uri, backfill_file.c.modified_ns, backfill_file.c.byte_size)

legal_hold = Table(
    "legal_hold",
    metadata,
    Column("legal_hold_id", BigInteger, Identity(always=True), primary_key=True),
    Column("unit_code", Text, comment="null: every unit."),
    Column("report_month", Date, comment="null: every month."),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), comment="null: all of the unit and month."),
    Column("reason", Text, nullable=False),
    Column("held_by", Text, nullable=False),
    Column("held_until", Date, comment="The last day; null: until released."),
    Column("released_at", DateTime(timezone=True)),
    Column("released_by", Text),
    Column("release_reason", Text),
    created_at(),
    CheckConstraint(
        "unit_code is not null or report_month is not null or submission_id is not null", name="something_is_held"
    ),
    CheckConstraint(
        "(released_at is null) = (released_by is null) and (released_at is null) = (release_reason is null)",
        name="release_is_whole",
    ),
    schema="ops",
    comment="Units, months and submissions of which nothing may be removed; a hold is released, never deleted.",
)

housekeeping_run = Table(
    "housekeeping_run",
    metadata,
    Column("housekeeping_run_id", BigInteger, Identity(always=True), primary_key=True),
    Column("state", Text, nullable=False),
    Column("policy", JSONB, nullable=False, comment="config/retention.yml as it stood."),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
    Column("report", JSONB, comment="What went and what was kept, by kind; what else was done."),
    Column("content", JSONB, comment="What the hash covers: policy, removals, the run before."),
    Column("sha256", Text, comment="Of the content in canonical form."),
    Column("failure", Text),
    one_of("state", ("running", "done", "error")),
    CheckConstraint("(state = 'running') = (sha256 is null)", name="ended_is_sealed"),
    schema="ops",
    comment="What housekeeping removed by policy, chained by hash to the run before.",
)
Index(
    "housekeeping_run_one_running",
    housekeeping_run.c.state,
    unique=True,
    postgresql_where=text("state = 'running'"),
)

removal = Table(
    "removal",
    metadata,
    Column("removal_id", BigInteger, Identity(always=True), primary_key=True),
    Column("housekeeping_run_id", ForeignKey("ops.housekeeping_run.housekeeping_run_id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="A file below the home, or the submission."),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), index=True),
    Column("policy", Text, nullable=False, comment="The entry of the policy, with its days."),
    Column("reason", Text, nullable=False),
    Column("row_count", BigInteger, comment="Rows; null: it was a file."),
    Column("byte_size", BigInteger, comment="Bytes; null: they were rows."),
    Column("sha256", Text, nullable=False, comment="Of the file, or of the hashes of the rows."),
    Column("detail", JSONB, comment="Of rows: the hash of each table, for each run of the gate that sealed them."),
    created_at(),
    one_of("kind", REMOVED_KINDS),
    schema="audit",
    comment="What was removed by policy: what, why, and the hash of what it was.",
)
Index(
    "removal_raw_rows_once",
    removal.c.submission_id,
    unique=True,
    postgresql_where=text("kind = 'raw_rows'"),
)

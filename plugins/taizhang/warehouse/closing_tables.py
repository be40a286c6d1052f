"""Tables of the schema `ops` that keep what people decide: about whole months, and about submissions that wait.

Rows are never changed or deleted; each is chained by hash to the one before it in its table.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Identity, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from taizhang.warehouse.tables import created_at, metadata, one_of

MONTH_STATES = ("open", "closing", "closed")
DECISIONS = (
    "review_accepted",
    "review_returned",
    "restatement_requested",
    "restatement_approved",
    "restatement_refused",
)

month_close = Table(
    "month_close",
    metadata,
    Column("event_id", BigInteger, Identity(always=True), primary_key=True),
    Column("report_month", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column(
        "publication_id",
        ForeignKey("ops.publication.publication_id"),
        nullable=False,
        comment="Whose figures were shown.",
    ),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column(
        "content", JSONB, nullable=False, comment="What was laid before people, or certified, and the hash before it."
    ),
    Column("sha256", Text, nullable=False, unique=True, comment="Of the content in canonical form."),
    created_at(),
    one_of("state", MONTH_STATES),
    schema="ops",
    comment="What became of each month, a row per change; the newest is its state, without any it is open.",
)
Index("month_close_of_month", month_close.c.report_month, month_close.c.event_id)
Index("month_close_once", month_close.c.report_month, unique=True, postgresql_where=text("state = 'closed'"))

approval = Table(
    "approval",
    metadata,
    Column("approval_id", BigInteger, Identity(always=True), primary_key=True),
    Column("decision", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("report_month", Date, nullable=False),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), comment="null: it is about a correction."),
    Column("amendment_id", Text, comment="A correction of a closed month; null: it is about a submission."),
    Column("entry_sha256", Text, comment="Of the correction's entry as it stood."),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", JSONB, nullable=False, comment="All of it, with who was logged in, and the hash before it."),
    Column("sha256", Text, nullable=False, unique=True, comment="Of the content in canonical form."),
    created_at(),
    one_of("decision", DECISIONS),
    CheckConstraint("(submission_id is null) = (amendment_id is not null)", name="about_one_thing"),
    CheckConstraint("(amendment_id is null) = (entry_sha256 is null)", name="entry_of_amendment"),
    schema="ops",
    comment="What people decided about submissions that waited for them, and about corrections of closed months.",
)
Index("approval_of_submission", approval.c.submission_id, approval.c.decision, unique=True)
Index("approval_of_amendment", approval.c.amendment_id, approval.c.entry_sha256, approval.c.decision, unique=True)
Index("approval_of_unit", approval.c.unit_code, approval.c.report_month)

"""Keep the days to file by, what somebody has to be told, and what became of telling it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "due_date",
        sa.Column("unit_kind", sa.Text(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("unit_kind", "report_month"),
        schema="ops",
        comment="What config/calendar.yml says, written anew before each build; never edited.",
    )
    _notice()
    _notice_delivery()


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("notice_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("noticed_on", sa.Date(), nullable=False, comment="Day, in China, for which it was found."),
        sa.Column(
            "addressee", sa.Text(), nullable=False, comment="Code of the reporting unit that is told; or operators."
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="What it is about, by key: the same matter has the same one."
        ),
        sa.Column("stage", sa.Text(), nullable=False, comment="How far the matter has come; each stage is told once."),
        sa.Column("unit_code", sa.Text(), comment="The unit that it concerns; null: none alone."),
        sa.Column("report_month", sa.Date()),
        sa.Column("label", sa.Text(), nullable=False, comment="The subject for people."),
        sa.Column("since", sa.Date(), comment="From when on it stands so: the due day, or the day of the decision."),
        sa.Column("days", sa.Integer(), comment="Days from `since` to noticed_on; negative before it."),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("addressee", "subject", "kind", "noticed_on"),
        schema="ops",
    )
    op.create_index("notice_by_day", "notice", ["noticed_on", "addressee"], schema="ops")


def _notice_delivery() -> None:
    op.create_table(
        "notice_delivery",
        sa.Column("delivery_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("recipient", sa.Text(), nullable=False, comment="As in config/notifications.yml."),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False, comment="The day whose digest it is."),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("notice_count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), comment="Why it could not be sent; never an address or a password."),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('sending', 'sent', 'failed', 'unknown')", name="state_known"),
        sa.UniqueConstraint("recipient", "channel", "noticed_on"),
        schema="ops",
    )

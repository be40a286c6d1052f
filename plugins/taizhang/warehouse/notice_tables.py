"""Tables of the schema `ops` for notices: what somebody has to be told, and what became of telling it."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Identity, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from taizhang.warehouse.tables import created_at, metadata, one_of

DELIVERY_STATES = ("sending", "sent", "failed", "unknown")

notice = Table(
    "notice",
    metadata,
    Column("notice_id", BigInteger, Identity(always=True), primary_key=True),
    Column("noticed_on", Date, nullable=False, comment="Day, in China, for which it was found."),
    Column("addressee", Text, nullable=False, comment="Code of the reporting unit that is told; or operators."),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="What it is about, by key: the same matter has the same one."),
    Column("stage", Text, nullable=False, comment="How far the matter has come; each stage is told once."),
    Column("unit_code", Text, comment="The unit that it concerns; null: none alone."),
    Column("report_month", Date),
    Column("label", Text, nullable=False, comment="The subject for people."),
    Column("since", Date, comment="From when on it stands so: the due day, or the day of the decision."),
    Column("days", Integer, comment="Days from `since` to noticed_on; negative before it."),
    Column("detail", JSONB, nullable=False),
    created_at(),
    UniqueConstraint("addressee", "subject", "kind", "noticed_on"),
    schema="ops",
)
Index("notice_by_day", notice.c.noticed_on, notice.c.addressee)

notice_delivery = Table(
    "notice_delivery",
    metadata,
    Column("delivery_id", BigInteger, Identity(always=True), primary_key=True),
    Column("recipient", Text, nullable=False, comment="As in config/notifications.yml."),
    Column("channel", Text, nullable=False),
    Column("noticed_on", Date, nullable=False, comment="The day whose digest it is."),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("notice_count", Integer, nullable=False),
    Column("reason", Text, comment="Why it could not be sent; never an address or a password."),
    created_at(),
    Column("state_at", DateTime(timezone=True), nullable=False),
    one_of("state", DELIVERY_STATES),
    UniqueConstraint("recipient", "channel", "noticed_on"),
    schema="ops",
)

"""The table of the schema `ops` that tells the marts by which day each kind of unit files a month."""

from sqlalchemy import Column, Date, PrimaryKeyConstraint, Table, Text

from taizhang.warehouse.tables import metadata

due_date = Table(
    "due_date",
    metadata,
    Column("unit_kind", Text, nullable=False),
    Column("report_month", Date, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    PrimaryKeyConstraint("unit_kind", "report_month"),
    schema="ops",
    comment="What config/calendar.yml says, written anew before each build; never edited.",
)

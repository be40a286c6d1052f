"""Tables of the schemas `ops` and `raw`, as SQLAlchemy metadata; those of `audit` stand in `audit_tables`.

The sheet tables of `raw` are derived from the column dictionary. Migrations create what stands here; a test compares.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSONB
from sqlalchemy.types import TypeEngine

from taizhang.dictionary import ColumnType, Sheet, load_dictionary

metadata = MetaData()

# What passed the gate may wait for people: for its review, or, of a closed month, for a restatement; or be returned.
UNDECIDED_STATES = ("in_review", "held")
SUBMISSION_STATES = (
    "received", "read", "accepted", *UNDECIDED_STATES, "returned", "quarantined", "refused", "superseded", "withdrawn",
)  # fmt: skip
PUBLICATION_STATES = ("building", "published", "failed")


def created_at() -> Column[object]:
    """Column that says when the row was written."""
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Constraint that a text is one of these."""
    return CheckConstraint(f"{column} in ({', '.join(repr(value) for value in values)})", name=f"{column}_known")


submission = Table(
    "submission",
    metadata,
    Column("submission_id", BigInteger, Identity(always=True), primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("file_name", Text, nullable=False),
    Column("byte_size", BigInteger, nullable=False),
    Column("source_uri", Text, nullable=False),
    Column("unit_code", Text),
    Column("report_month", Date),
    Column("state", Text, nullable=False),
    Column("reason_code", Text),
    Column("reason_zh", Text),
    Column("reason_en", Text),
    Column("template_version", Text),
    Column("filed_on", Date, comment="The day on which the file was put where we take it from."),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    one_of("state", SUBMISSION_STATES),
    CheckConstraint(
        "state in ('received', 'refused') or (unit_code is not null and report_month is not null)", name="read_has_unit"
    ),
    schema="ops",
)
Index(
    "submission_in_force",
    submission.c.unit_code,
    submission.c.report_month,
    unique=True,
    postgresql_where=text("state = 'accepted'"),
)
Index(
    "submission_refused",
    submission.c.unit_code,
    submission.c.report_month,
    postgresql_where=text("state = 'refused' and unit_code is not null and report_month is not null"),
)
Index("submission_refused_lately", submission.c.state_at, postgresql_where=text("state = 'refused'"))
Index(
    "submission_undecided",
    submission.c.unit_code,
    submission.c.report_month,
    unique=True,
    postgresql_where=text("state in ('in_review', 'held')"),
)
Index("submission_returned", submission.c.state_at, postgresql_where=text("state in ('held', 'returned')"))
Index("submission_waiting", submission.c.state, postgresql_where=text("state in ('received', 'read')"))

submission_event = Table(
    "submission_event",
    metadata,
    Column("event_id", BigInteger, Identity(always=True), primary_key=True),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("detail", JSONB),
    created_at(),
    one_of("state", SUBMISSION_STATES),
    schema="ops",
)

arrival = Table(
    "arrival",
    metadata,
    Column("arrival_id", BigInteger, Identity(always=True), primary_key=True),
    Column("source_uri", Text, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("byte_size", BigInteger, nullable=False),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False),
    Column("is_duplicate", Boolean, nullable=False),
    created_at(),
    UniqueConstraint("source_uri", "modified_ns", "byte_size"),
    schema="ops",
)

publication = Table(
    "publication",
    metadata,
    Column("publication_id", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("published_at", DateTime(timezone=True)),
    Column("failure", Text),
    Column("code_version", Text, nullable=False),
    Column("catalogue_version", Text, nullable=False),
    Column("certificate", JSONB),
    Column("certificate_sha256", Text),
    Column("gate_run_id", BigInteger, comment="The newest run of the gate whose judgements it shows; null: none."),
    one_of("state", PUBLICATION_STATES),
    schema="ops",
)
Index(
    "publication_one_building",
    publication.c.state,
    unique=True,
    postgresql_where=text("state = 'building'"),
)

publication_scope = Table(
    "publication_scope",
    metadata,
    Column("publication_id", ForeignKey("ops.publication.publication_id"), nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("report_month", Date, nullable=False),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), comment="null: nothing in force"),
    Column("refused_count", Integer, nullable=False, server_default=text("0"), comment="Files refused until then."),
    PrimaryKeyConstraint("unit_code", "report_month", "publication_id"),
    schema="ops",
)
Index("publication_scope_publication", publication_scope.c.publication_id)

current_publication = Table(
    "current_publication",
    metadata,
    Column("only_row", Boolean, primary_key=True, server_default=text("true")),
    Column("publication_id", ForeignKey("ops.publication.publication_id"), nullable=False),
    CheckConstraint("only_row", name="one_row"),
    schema="ops",
)

_SQLALCHEMY_TYPES: dict[ColumnType, TypeEngine[Any]] = {
    ColumnType.TEXT: Text(),
    ColumnType.PROJECT_CODE: Text(),
    ColumnType.CHOICE: Text(),
    ColumnType.CHOICES: ARRAY(Text()),
    ColumnType.FLAG: Boolean(),
    ColumnType.COUNT: Integer(),
    ColumnType.AMOUNT: Numeric(20, 6),
    ColumnType.RATE: Numeric(20, 6),
    ColumnType.POINTS: Numeric(20, 6),
    ColumnType.GROWTH: Numeric(20, 6),
    ColumnType.QUANTITY: Numeric(20, 6),
    ColumnType.DATE: DATERANGE(),
    ColumnType.MONTH: Date(),
}


def _sheet_table(sheet: Sheet) -> Table:
    """The raw table of a sheet: whose row it is, then the dictionary's columns as read, then the unit's own columns."""
    place = [] if sheet.layout == "form" else [Column("row_number", Integer, nullable=False)]
    key = ["report_month", "submission_id"] + [column.name for column in place]
    return Table(
        sheet.sheet,
        metadata,
        Column("submission_id", BigInteger, nullable=False),
        Column("report_month", Date, nullable=False),
        Column("unit_code", Text, nullable=False),
        *place,
        *(Column(column.name, _SQLALCHEMY_TYPES[column.type], comment=column.description) for column in sheet.columns),
        Column("extras", JSONB, comment="The unit's own columns: header path to text."),
        PrimaryKeyConstraint(*key),
        schema="raw",
        comment=sheet.description,
        postgresql_partition_by="RANGE (report_month)",
    )


SHEET_TABLES: dict[str, Table] = {name: _sheet_table(sheet) for name, sheet in load_dictionary().items()}

reported_total = Table(
    "reported_total",
    metadata,
    Column("submission_id", BigInteger, nullable=False),
    Column("report_month", Date, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("column_name", Text, nullable=False),
    Column("total_kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("detail_rows", ARRAY(Integer), nullable=False, comment="Row numbers that the total claims to add up."),
    Column("reported_value", Numeric(20, 6), nullable=False),
    Column("half_width", Numeric, comment="Of this figure, in the stored unit; null: as its column."),
    CheckConstraint("total_kind in ('total', 'subtotal', 'of_which')", name="total_kind_known"),
    PrimaryKeyConstraint("report_month", "submission_id", "sheet", "row_number", "column_name"),
    schema="raw",
    comment="Totals rows as the unit wrote them, one row per figure; never added to detail.",
    postgresql_partition_by="RANGE (report_month)",
)

read_sheet = Table(
    "read_sheet",
    metadata,
    Column("submission_id", BigInteger, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("sheet_title", Text, nullable=False),
    Column("header_first_row", Integer),
    Column("header_last_row", Integer),
    Column("detail_count", Integer, nullable=False),
    Column("skipped_count", Integer, nullable=False),
    PrimaryKeyConstraint("submission_id", "sheet"),
    schema="raw",
    comment="What the reader found, one row per sheet that the dictionary knows.",
)

sheet_column = Table(
    "sheet_column",
    metadata,
    Column("submission_id", BigInteger, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("letter", Text, nullable=False),
    Column("column_name", Text, comment="null: the unit's own column"),
    Column("header_path", Text, nullable=False),
    Column("unit", Text, comment="Unit as printed; null: none, or unknown."),
    Column("factor", Numeric, comment="Stored value = printed value x factor."),
    Column("decimals", SmallInteger, comment="Printed decimals in the printed unit."),
    Column("half_width", Numeric, comment="Half of the last printed place, in the stored unit: [v-h, v+h)."),
    PrimaryKeyConstraint("submission_id", "sheet", "letter"),
    schema="raw",
    comment="Where each column stood: with a row number this is the address of a cell.",
)

skipped_row = Table(
    "skipped_row",
    metadata,
    Column("submission_id", BigInteger, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("row_text", Text, nullable=False),
    PrimaryKeyConstraint("submission_id", "sheet", "row_number"),
    schema="raw",
    comment="Rows below the header that are no detail: totals, bands, notes, hidden rows.",
)

reading_issue = Table(
    "reading_issue",
    metadata,
    Column("submission_id", BigInteger, nullable=False),
    Column("issue_no", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sheet", Text),
    Column("sheet_title", Text),
    Column("row_number", Integer),
    Column("column_name", Text),
    Column("cell", Text),
    Column("value", Text),
    Column("message_zh", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    PrimaryKeyConstraint("submission_id", "issue_no"),
    schema="raw",
    comment="What the reader could not take as it stood; the catalogue's rules decide how much it matters.",
)

cell_precision = Table(
    "cell_precision",
    metadata,
    Column("submission_id", BigInteger, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("column_name", Text, nullable=False),
    Column("half_width", Numeric, nullable=False, comment="Half of the last printed place, in the stored unit."),
    PrimaryKeyConstraint("submission_id", "sheet", "row_number", "column_name"),
    schema="raw",
    comment="Figures that are printed coarser or finer than their column; all others have its half width.",
)

cell_correction = Table(
    "cell_correction",
    metadata,
    Column("submission_id", BigInteger, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("column_name", Text, nullable=False),
    Column("correction_id", Text, nullable=False),
    Column("old_value", Text, comment="What the submission says."),
    Column("new_value", JSONB, nullable=False, comment="What counts instead, as the column's type."),
    Column("half_width", Numeric, comment="Of the new figure, in the stored unit."),
    created_at(),
    PrimaryKeyConstraint("submission_id", "sheet", "row_number", "column_name"),
    schema="raw",
    comment="Approved corrections as they were applied; the rows of the sheets stay as submitted.",
)

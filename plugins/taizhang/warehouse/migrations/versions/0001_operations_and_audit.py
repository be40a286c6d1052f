"""Create the schemas and the tables of `ops` and `audit`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = ("ops", "raw", "audit", "gate", "history", "staging", "marts", "bi")

SHOWN_PUBLICATION = """
create function ops.shown_publication() returns integer language sql stable as $$
    select coalesce(
        nullif(current_setting('taizhang.publication', true), '')::integer,
        (select publication_id from ops.current_publication)
    )
$$
"""


def upgrade() -> None:
    """Apply."""
    for schema in SCHEMAS:
        op.execute(f"create schema if not exists {schema}")
    _create_tables()
    op.execute(SHOWN_PUBLICATION)


def _create_tables() -> None:
    op.create_table(
        "gate_run",
        sa.Column("gate_run_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("catalogue_version", sa.Text(), nullable=False),
        sa.Column("submission_count", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('running', 'done', 'error')", name="state_known"),
        sa.PrimaryKeyConstraint("gate_run_id"),
        schema="audit",
    )
    op.create_table(
        "publication",
        sa.Column("publication_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("catalogue_version", sa.Text(), nullable=False),
        sa.Column("certificate", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("certificate_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('building', 'published', 'failed')", name="state_known"),
        sa.PrimaryKeyConstraint("publication_id"),
        schema="ops",
    )
    op.create_index(
        "publication_one_building",
        "publication",
        ["state"],
        unique=True,
        schema="ops",
        postgresql_where=sa.text("state = 'building'"),
    )
    op.create_table(
        "submission",
        sa.Column("submission_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("source_uri", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("report_month", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("reason_zh", sa.Text(), nullable=True),
        sa.Column("reason_en", sa.Text(), nullable=True),
        sa.Column("template_version", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state in ('received', 'read', 'accepted', 'quarantined', 'refused', 'superseded', 'withdrawn')",
            name="state_known",
        ),
        sa.CheckConstraint(
            "state in ('received', 'refused') or (unit_code is not null and report_month is not null)",
            name="read_has_unit",
        ),
        sa.PrimaryKeyConstraint("submission_id"),
        sa.UniqueConstraint("sha256"),
        schema="ops",
    )
    op.create_index(
        "submission_in_force",
        "submission",
        ["unit_code", "report_month"],
        unique=True,
        schema="ops",
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "submission_waiting",
        "submission",
        ["state"],
        unique=False,
        schema="ops",
        postgresql_where=sa.text("state in ('received', 'read')"),
    )
    op.create_table(
        "finding",
        sa.Column("finding_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gate_run_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("sheet_title", sa.Text(), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("message_zh", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("advice_zh", sa.Text(), nullable=True),
        sa.CheckConstraint("severity in ('block', 'warn', 'info')", name="severity_known"),
        sa.CheckConstraint("verdict in ('contradiction', 'cannot_tell')", name="verdict_known"),
        sa.ForeignKeyConstraint(
            ["gate_run_id"],
            ["audit.gate_run.gate_run_id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("finding_id"),
        schema="audit",
        comment="Every failing row of every rule, with the cell to mend.",
    )
    op.create_index(op.f("ix_audit_finding_submission_id"), "finding", ["submission_id"], unique=False, schema="audit")
    op.create_table(
        "rule_run",
        sa.Column("gate_run_id", sa.BigInteger(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("expectation_type", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("rows_checked", sa.BigInteger(), nullable=False),
        sa.Column("rows_failed", sa.BigInteger(), nullable=False),
        sa.Column("rows_failed_gx", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("severity in ('block', 'warn', 'info')", name="severity_known"),
        sa.ForeignKeyConstraint(
            ["gate_run_id"],
            ["audit.gate_run.gate_run_id"],
        ),
        sa.PrimaryKeyConstraint("gate_run_id", "check_id"),
        schema="audit",
        comment="What was checked and how it ended, also when it passed.",
    )
    op.create_table(
        "arrival",
        sa.Column("arrival_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source_uri", sa.Text(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("is_duplicate", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("arrival_id"),
        sa.UniqueConstraint("source_uri", "modified_ns", "byte_size"),
        schema="ops",
    )
    op.create_table(
        "current_publication",
        sa.Column("only_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("only_row", name="one_row"),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["ops.publication.publication_id"],
        ),
        sa.PrimaryKeyConstraint("only_row"),
        schema="ops",
    )
    op.create_table(
        "publication_scope",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True, comment="null: withdrawn, nothing in force"),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["ops.publication.publication_id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("unit_code", "report_month", "publication_id"),
        schema="ops",
    )
    op.create_index(
        "publication_scope_publication", "publication_scope", ["publication_id"], unique=False, schema="ops"
    )
    op.create_table(
        "submission_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state in ('received', 'read', 'accepted', 'quarantined', 'refused', 'superseded', 'withdrawn')",
            name="state_known",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("event_id"),
        schema="ops",
    )
    op.create_index(
        op.f("ix_ops_submission_event_submission_id"), "submission_event", ["submission_id"], unique=False, schema="ops"
    )

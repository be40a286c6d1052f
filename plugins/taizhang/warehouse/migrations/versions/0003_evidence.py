"""Keep the evidence of the gate, which nobody changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


APPEND_ONLY = (
    "audit.amendment",
    "audit.explanation",
    "audit.finding",
    "audit.gate_seal",
    "audit.judgement",
    "audit.rule_pack",
    "audit.rule_run",
    "audit.submission_rule_run",
    "ops.submission_event",
)

REFUSE = """
create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '%.% keeps every row: % is refused', tg_table_schema, tg_table_name, lower(tg_op);
end
$$
"""

REFUSE_FINISHED = """
create function audit.refuse_change_of_finished_run() returns trigger language plpgsql as $$
begin
    if old.state <> 'running'
        or (old.gate_run_id, old.started_at, old.catalogue_version, old.submission_count)
        is distinct from (new.gate_run_id, new.started_at, new.catalogue_version, new.submission_count)
    then
        raise exception 'audit.gate_run keeps every row: run % has ended', old.gate_run_id;
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rule_pack",
        sa.Column("catalogue_version", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Text(), nullable=False),
        sa.Column(
            "files",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Path below expectations/ to text, for every file of the pack.",
        ),
        sa.Column(
            "checks",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What `taizhang rules --json` says of each check of the pack.",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("catalogue_version"),
        schema="audit",
        comment="The rules as they stood, once per version that a gate has used.",
    )
    op.create_table(
        "cell_correction",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("correction_id", sa.Text(), nullable=False),
        sa.Column("old_value", sa.Text(), nullable=True, comment="What the submission says."),
        sa.Column(
            "new_value",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What counts instead, as the column's type.",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", "sheet", "row_number", "column_name"),
        schema="raw",
        comment="Approved corrections as they were applied; the rows of the sheets stay as submitted.",
    )
    op.create_table(
        "cell_precision",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column(
            "half_width", sa.Numeric(), nullable=False, comment="Half of the last printed place, in the stored unit."
        ),
        sa.PrimaryKeyConstraint("submission_id", "sheet", "row_number", "column_name"),
        schema="raw",
        comment="Figures that are printed coarser or finer than their column; all others have its half width.",
    )
    op.create_table(
        "amendment",
        sa.Column("amendment_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("gate_run_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "entry",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="The entry of the file as it stood.",
        ),
        sa.Column(
            "finding_count",
            sa.Integer(),
            nullable=False,
            comment="Findings that a waiver touched; cells of a correction.",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('waiver', 'correction')", name="kind_known"),
        sa.ForeignKeyConstraint(
            ["gate_run_id"],
            ["audit.gate_run.gate_run_id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("submission_id", "gate_run_id", "amendment_id"),
        schema="audit",
        comment="Which waivers and corrections were used when a submission was judged.",
    )
    op.create_table(
        "explanation",
        sa.Column("explanation_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("finding_key", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("explanation_id"),
        schema="audit",
        comment="What a unit answered to a finding, with the workbook that brought the answer.",
    )
    op.create_index("explanation_by_key", "explanation", ["finding_key"], unique=False, schema="audit")
    op.create_index(
        op.f("ix_audit_explanation_submission_id"), "explanation", ["submission_id"], unique=False, schema="audit"
    )
    op.create_table(
        "gate_seal",
        sa.Column("gate_run_id", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of the content in canonical form."),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["gate_run_id"],
            ["audit.gate_run.gate_run_id"],
        ),
        sa.PrimaryKeyConstraint("gate_run_id"),
        schema="audit",
        comment="What a run of the gate decided and found, chained by hash to the run before.",
    )
    op.create_table(
        "judgement",
        sa.Column("gate_run_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("block_count", sa.Integer(), nullable=False),
        sa.Column("warn_count", sa.Integer(), nullable=False),
        sa.Column("info_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('received', 'read', 'accepted', 'quarantined', 'refused', 'superseded', 'withdrawn')",
            name="outcome_known",
        ),
        sa.ForeignKeyConstraint(
            ["gate_run_id"],
            ["audit.gate_run.gate_run_id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("submission_id", "gate_run_id"),
        schema="audit",
        comment="How each submission ended in each run of the gate.",
    )
    op.create_index("judgement_by_run", "judgement", ["gate_run_id"], unique=False, schema="audit")
    op.create_index("judgement_by_unit", "judgement", ["unit_code", "report_month"], unique=False, schema="audit")
    op.create_table(
        "submission_rule_run",
        sa.Column("gate_run_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("rows_checked", sa.Integer(), nullable=False),
        sa.Column("rows_failed", sa.Integer(), nullable=False),
        sa.Column("rows_untold", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gate_run_id"],
            ["audit.gate_run.gate_run_id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("submission_id", "gate_run_id", "check_id"),
        schema="audit",
        comment="What each check saw of each submission; a check that had nothing to look at has no row.",
    )
    op.add_column(
        "finding",
        sa.Column(
            "subject_key",
            sa.Text(),
            nullable=True,
            comment="What names the row across versions of a submission, such as a project's code.",
        ),
        schema="audit",
    )
    op.add_column(
        "finding", sa.Column("subject_label", sa.Text(), nullable=True, comment="The same for people."), schema="audit"
    )
    op.add_column(
        "finding",
        sa.Column(
            "finding_key",
            sa.Text(),
            nullable=True,
            comment="The same finding in all versions of a unit's month has the same key.",
        ),
        schema="audit",
    )
    op.add_column(
        "finding",
        sa.Column("waiver_id", sa.Text(), nullable=True, comment="The waiver for which it does not count."),
        schema="audit",
    )
    op.add_column(
        "finding",
        sa.Column("suggested_cell", sa.Text(), nullable=True, comment="The single cell whose change would mend most."),
        schema="audit",
    )
    op.add_column(
        "finding",
        sa.Column("suggested_value", sa.Text(), nullable=True, comment="What could stand there; never applied."),
        schema="audit",
    )
    op.add_column("finding", sa.Column("suggestion_zh", sa.Text(), nullable=True), schema="audit")
    op.add_column("finding", sa.Column("suggestion_en", sa.Text(), nullable=True), schema="audit")
    op.add_column(
        "finding",
        sa.Column("digest", sa.Text(), nullable=True, comment="sha256 of the finding as it was written."),
        schema="audit",
    )
    op.create_index("finding_by_key", "finding", ["finding_key"], unique=False, schema="audit")
    op.add_column(
        "gate_run",
        sa.Column("pack_version", sa.Text(), nullable=True, comment="Version of the rule pack as people call it."),
        schema="audit",
    )
    op.add_column(
        "rule_run",
        sa.Column("rows_untold", sa.BigInteger(), nullable=True, comment="Rows of which it could not be told."),
        schema="audit",
    )
    op.add_column(
        "submission",
        sa.Column(
            "filed_on", sa.Date(), nullable=True, comment="The day on which the file was put where we take it from."
        ),
        schema="ops",
    )
    op.add_column(
        "reported_total",
        sa.Column(
            "half_width",
            sa.Numeric(),
            nullable=True,
            comment="Of this figure, in the stored unit; null: as its column.",
        ),
        schema="raw",
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """Make the tables append-only for every role, their owner and the loader included."""
    op.execute(REFUSE)
    op.execute(REFUSE_FINISHED)
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger append_only before update or delete or truncate on {table}"
            " for each statement execute function audit.refuse_change()"
        )
    op.execute(
        "create trigger append_only before delete or truncate on audit.gate_run"
        " for each statement execute function audit.refuse_change()"
    )
    op.execute(
        "create trigger finished before update on audit.gate_run"
        " for each row execute function audit.refuse_change_of_finished_run()"
    )

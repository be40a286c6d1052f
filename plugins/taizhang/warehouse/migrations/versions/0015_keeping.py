"""Keep the plans of backfills, legal holds, and what housekeeping removed: what, why, and the hash of what it was."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

REFUSE_FINISHED = """
create function ops.refuse_change_of_finished_housekeeping() returns trigger language plpgsql as $$
begin
    if old.state <> 'running'
        or (old.housekeeping_run_id, old.started_at, old.policy)
        is distinct from (new.housekeeping_run_id, new.started_at, new.policy)
    then
        raise exception 'ops.housekeeping_run keeps every row: run % has ended', old.housekeeping_run_id;
    end if;
    return new;
end
$$
"""

REFUSE_RELEASED = """
create function ops.refuse_change_of_hold() returns trigger language plpgsql as $$
begin
    if old.released_at is not null
        or (old.legal_hold_id, old.unit_code, old.report_month, old.submission_id, old.reason, old.held_by,
            old.held_until, old.created_at)
        is distinct from (new.legal_hold_id, new.unit_code, new.report_month, new.submission_id, new.reason,
            new.held_by, new.held_until, new.created_at)
    then
        raise exception 'ops.legal_hold keeps every row: hold % can only be released', old.legal_hold_id;
    end if;
    return new;
end
$$
"""

# What its rows are gone of cannot be in force again: nothing would be counted, and nobody would notice.
REFUSE_IN_FORCE = """
create function ops.refuse_removed_in_force() returns trigger language plpgsql as $$
begin
    if new.state in ('read', 'in_review', 'held', 'accepted') and old.state <> new.state
        and exists (select from audit.removal where submission_id = new.submission_id and kind = 'raw_rows')
    then
        raise exception 'the rows of submission % were removed by policy: it cannot be in force', new.submission_id;
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "backfill",
        sa.Column("backfill_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="null: under way, or interrupted."),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("first_month <= last_month", name="months_in_order"),
        sa.PrimaryKeyConstraint("backfill_id"),
        sa.UniqueConstraint("folder", "first_month", "last_month"),
        schema="ops",
        comment="Years of history filled in from a folder; started again, one goes on where it was.",
    )
    op.create_table(
        "backfill_file",
        sa.Column("backfill_id", sa.BigInteger(), nullable=False),
        sa.Column("source_uri", sa.Text(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column(
            "report_month",
            sa.Date(),
            nullable=True,
            comment="null: the file does not tell; it is taken last, and refused.",
        ),
        sa.Column("passed_over", sa.Text(), nullable=True, comment="Why it is not taken; null: it is."),
        sa.CheckConstraint("passed_over in ('outside', 'in_force')", name="passed_over_known"),
        sa.ForeignKeyConstraint(
            ["backfill_id"],
            ["ops.backfill.backfill_id"],
        ),
        sa.PrimaryKeyConstraint("backfill_id", "source_uri", "modified_ns", "byte_size"),
        schema="ops",
        comment="The plan of a backfill; ops.arrival tells what became of a file.",
    )
    op.create_index(
        "backfill_file_by_source",
        "backfill_file",
        ["source_uri", "modified_ns", "byte_size"],
        unique=False,
        schema="ops",
    )
    op.create_table(
        "legal_hold",
        sa.Column("legal_hold_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True, comment="null: every unit."),
        sa.Column("report_month", sa.Date(), nullable=True, comment="null: every month."),
        sa.Column("submission_id", sa.BigInteger(), nullable=True, comment="null: all of the unit and month."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True, comment="The last day; null: until released."),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(released_at is null) = (released_by is null) and (released_at is null) = (release_reason is null)",
            name="release_is_whole",
        ),
        sa.CheckConstraint(
            "unit_code is not null or report_month is not null or submission_id is not null", name="something_is_held"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("legal_hold_id"),
        schema="ops",
        comment="Units, months and submissions of which nothing may be removed; a hold is released, never deleted.",
    )
    op.create_table(
        "housekeeping_run",
        sa.Column("housekeeping_run_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "policy",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="config/retention.yml as it stood.",
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "report",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="What went and what was kept, by kind; what else was done.",
        ),
        sa.Column(
            "content",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="What the hash covers: policy, removals, the run before.",
        ),
        sa.Column("sha256", sa.Text(), nullable=True, comment="Of the content in canonical form."),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'running') = (sha256 is null)", name="ended_is_sealed"),
        sa.CheckConstraint("state in ('running', 'done', 'error')", name="state_known"),
        sa.PrimaryKeyConstraint("housekeeping_run_id"),
        schema="ops",
        comment="What housekeeping removed by policy, chained by hash to the run before.",
    )
    op.create_index(
        "housekeeping_run_one_running",
        "housekeeping_run",
        ["state"],
        unique=True,
        schema="ops",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "removal",
        sa.Column("removal_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("housekeeping_run_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="A file below the home, or the submission."),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=False, comment="The entry of the policy, with its days."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=True, comment="Rows; null: it was a file."),
        sa.Column("byte_size", sa.BigInteger(), nullable=True, comment="Bytes; null: they were rows."),
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of the file, or of the hashes of the rows."),
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Of rows: the hash of each table, for each run of the gate that sealed them.",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('raw_rows', 'outbox_file', 'data_docs', 'report')", name="kind_known"),
        sa.ForeignKeyConstraint(
            ["housekeeping_run_id"],
            ["ops.housekeeping_run.housekeeping_run_id"],
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["ops.submission.submission_id"],
        ),
        sa.PrimaryKeyConstraint("removal_id"),
        schema="audit",
        comment="What was removed by policy: what, why, and the hash of what it was.",
    )
    op.create_index(
        op.f("ix_audit_removal_housekeeping_run_id"), "removal", ["housekeeping_run_id"], unique=False, schema="audit"
    )
    op.create_index(op.f("ix_audit_removal_submission_id"), "removal", ["submission_id"], unique=False, schema="audit")
    op.create_index(
        "removal_raw_rows_once",
        "removal",
        ["submission_id"],
        unique=True,
        schema="audit",
        postgresql_where=sa.text("kind = 'raw_rows'"),
    )
    for statement in (REFUSE_FINISHED, REFUSE_RELEASED, REFUSE_IN_FORCE):
        op.execute(statement)
    op.execute(
        "create trigger append_only before update or delete or truncate on audit.removal"
        " for each statement execute function audit.refuse_change()"
    )
    for table in ("housekeeping_run", "legal_hold"):
        op.execute(
            f"create trigger append_only before delete or truncate on ops.{table}"
            " for each statement execute function audit.refuse_change()"
        )
    op.execute(
        "create trigger finished before update on ops.housekeeping_run"
        " for each row execute function ops.refuse_change_of_finished_housekeeping()"
    )
    op.execute(
        "create trigger released before update on ops.legal_hold"
        " for each row execute function ops.refuse_change_of_hold()"
    )
    op.execute(
        "create trigger removed before update of state on ops.submission"
        " for each row execute function ops.refuse_removed_in_force()"
    )

"""Keep what was given back to the submitters."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column(
            "submission_id", sa.BigInteger(), sa.ForeignKey("ops.submission.submission_id"), nullable=False, index=True
        ),
        sa.Column(
            "gate_run_id",
            sa.BigInteger(),
            sa.ForeignKey("audit.gate_run.gate_run_id"),
            nullable=True,
            comment="None where the file was refused.",
        ),
        sa.Column("file", sa.Text(), nullable=False, comment="Where it was put, below the outbox."),
        sa.Column("sha256", sa.Text(), nullable=False, comment="Of the file as it was put there."),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        schema="audit",
        comment="What was given back to the submitter: the feedback workbook, or why the file was refused.",
    )
    op.execute(
        "create trigger append_only before update or delete or truncate on audit.feedback"
        " for each statement execute function audit.refuse_change()"
    )

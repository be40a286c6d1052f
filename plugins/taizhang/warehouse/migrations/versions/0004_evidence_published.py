"""Let a publication know which judgements and refusals it shows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "publication",
        sa.Column(
            "gate_run_id",
            sa.BigInteger(),
            nullable=True,
            comment="The newest run of the gate whose judgements it shows; null: none.",
        ),
        schema="ops",
    )
    op.add_column(
        "publication_scope",
        sa.Column(
            "refused_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Files refused until then.",
        ),
        schema="ops",
    )
    op.alter_column(
        "publication_scope",
        "submission_id",
        existing_type=sa.BigInteger(),
        existing_nullable=True,
        comment="null: nothing in force",
        existing_comment="null: withdrawn, nothing in force",
        schema="ops",
    )
    op.create_index(
        "submission_refused",
        "submission",
        ["unit_code", "report_month"],
        schema="ops",
        postgresql_where=sa.text("state = 'refused' and unit_code is not null and report_month is not null"),
    )

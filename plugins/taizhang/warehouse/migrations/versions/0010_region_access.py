"""Bind logins to regions. Roles and rights are no matter of migrations: see taizhang.access."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "region_access",
        sa.Column("role_name", sa.Text(), nullable=False, comment="A login, or a role whose members it holds for."),
        sa.Column("region_code", sa.Text(), nullable=False, comment="Region that it sees, with all that lies below."),
        sa.Column("granted_by", sa.Text(), nullable=False, server_default=sa.text("session_user")),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("role_name", "region_code"),
        schema="ops",
        comment="Which regions the logins of taizhang_region see; who stands not here sees none.",
    )

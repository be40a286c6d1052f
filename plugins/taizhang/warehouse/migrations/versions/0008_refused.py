"""Find the refused files of the last days without looking at all that ever came."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "submission_refused_lately",
        "submission",
        ["state_at"],
        unique=False,
        schema="ops",
        postgresql_where=sa.text("state = 'refused'"),
    )

"""Take in the gap to the schedule, the share of funds received, shares of a breakdown, and entry in the statistics."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = {
    "project_progress": (
        (
            "schedule_gap_pp",
            sa.Numeric(20, 6),
            "Printed completion of the annual plan minus the schedule, in percentage points; negative when behind.",
        ),
        ("funds_received_rate_pct", sa.Numeric(20, 6), "Printed funds received as a share of the total investment."),
        (
            "is_in_statistics",
            sa.Boolean(),
            "Whether the project is in the statistics bureau's register, so that its investment counts there.",
        ),
    ),
    "summary": (
        (
            "count_share_pct",
            sa.Numeric(20, 6),
            "Printed share of the class's projects in those of all classes of its breakdown.",
        ),
        (
            "investment_share_pct",
            sa.Numeric(20, 6),
            "Printed share of the class's total investment in that of all classes of its breakdown.",
        ),
        (
            "schedule_gap_pp",
            sa.Numeric(20, 6),
            "Printed completion of the class's plan minus the schedule, in percentage points; negative when behind.",
        ),
        (
            "funds_received_rate_pct",
            sa.Numeric(20, 6),
            "Printed funds received as a share of the class's total investment.",
        ),
    ),
}


def upgrade() -> None:
    """Add the columns to the partitioned tables and so to every partition; earlier submissions have nothing in them."""
    for table, columns in COLUMNS.items():
        for name, kind, comment in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True, comment=comment), schema="raw")

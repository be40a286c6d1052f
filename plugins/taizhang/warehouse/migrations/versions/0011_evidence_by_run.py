"""Lead to the evidence of one run of the gate: its seal read that of all runs before, every night."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("finding", "submission_rule_run", "amendment")


def upgrade() -> None:
    """Apply."""
    for table in TABLES:
        op.create_index(f"{table}_by_run", table, ["gate_run_id"], schema="audit", postgresql_using="brin")

"""Keep narrative reports that were audited, with their figures and what was said of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _report()
    op.create_index("report_by_region", "report", ["region_code", "report_month"], schema="audit")
    _report_figure()
    _report_relation()
    for table in ("report", "report_figure", "report_relation"):
        op.execute(
            f"create trigger append_only before update or delete or truncate on audit.{table}"
            " for each statement execute function audit.refuse_change()"
        )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("report_id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False, unique=True),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False, comment="Ending of the file's name."),
        sa.Column("region_name", sa.Text(), comment="Region that most figures are of, as the report has it."),
        sa.Column("region_code", sa.Text()),
        sa.Column(
            "report_month", sa.Date(), comment="First day of the month that it reports on; null: it could not be told."
        ),
        sa.Column("figure_count", sa.Integer(), nullable=False),
        sa.Column("related_count", sa.Integer(), nullable=False, comment="Figures that are in some relation."),
        sa.Column("unreadable_reason", sa.Text(), comment="Why the file could not be read; null: it was."),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("audited_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        schema="audit",
        comment="Narrative reports that were audited, one row per file, however often it comes.",
    )


def _report_figure() -> None:
    op.create_table(
        "report_figure",
        sa.Column("report_id", sa.BigInteger(), sa.ForeignKey("audit.report.report_id"), nullable=False),
        sa.Column("figure_id", sa.Text(), nullable=False, comment="Names the figure within its report."),
        sa.Column("printed", sa.Text(), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False, comment="First character in the report's text, from 0."),
        sa.Column("span_end", sa.Integer(), nullable=False, comment="Behind its last character."),
        sa.Column("value", sa.Numeric(), nullable=False, comment="In `unit`."),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), nullable=False),
        sa.Column("low", sa.Numeric(), comment="What it may mean at least; null: no bound."),
        sa.Column("high", sa.Numeric(), comment="What it may mean at most; null: no bound."),
        sa.Column("has_high", sa.Boolean(), nullable=False, comment="Whether `high` itself is possible."),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("subject", ARRAY(sa.Text()), nullable=False, comment="Of what, from the wider to the narrower."),
        sa.Column("period_start", sa.Date()),
        sa.Column("period_end", sa.Date(), comment="The day after the last."),
        sa.Column("period_label", sa.Text()),
        sa.Column("region_name", sa.Text()),
        sa.Column("region_code", sa.Text()),
        sa.Column("is_approximate", sa.Boolean(), nullable=False),
        sa.Column("damage_printed", sa.Text(), comment="What was printed where the figure is damaged."),
        sa.Column("damage_read_as", sa.Text(), comment="What was read for it."),
        sa.PrimaryKeyConstraint("report_id", "figure_id"),
        schema="audit",
        comment="Figures of narrative reports.",
    )


def _report_relation() -> None:
    op.create_table(
        "report_relation",
        sa.Column("report_id", sa.BigInteger(), sa.ForeignKey("audit.report.report_id"), nullable=False),
        sa.Column("relation_id", sa.Text(), nullable=False, comment="Names the relation within its report."),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("figure_ids", ARRAY(sa.Text()), nullable=False),
        sa.Column("formula", sa.Text(), nullable=False),
        sa.Column("stated_low", sa.Numeric()),
        sa.Column("stated_high", sa.Numeric()),
        sa.Column("stated_has_high", sa.Boolean()),
        sa.Column("computed_low", sa.Numeric()),
        sa.Column("computed_high", sa.Numeric()),
        sa.Column("computed_has_high", sa.Boolean()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Numeric(), nullable=False, comment="From 0 to 1."),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("quotes", JSONB(), nullable=False, comment="Places of the text that it rests on: start, end, text."),
        sa.Column("mend_figure_id", sa.Text(), comment="The single figure whose other value would mend it."),
        sa.Column("mend_printed", sa.Text(), comment="That value as it would be printed."),
        sa.CheckConstraint(
            "verdict in ('consistent', 'contradiction', 'residual', 'implied', 'style')", name="verdict_known"
        ),
        sa.PrimaryKeyConstraint("report_id", "relation_id"),
        schema="audit",
        comment="What can be recomputed of the figures of narrative reports, and whether it holds.",
    )

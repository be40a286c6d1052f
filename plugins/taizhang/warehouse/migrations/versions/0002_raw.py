"""Create the tables of `raw`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "cover",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column(
            "reporting_unit",
            sa.Text(),
            nullable=True,
            comment="Name of the reporting unit as it stands in the register of reporting units.",
        ),
        sa.Column("report_period", sa.Date(), nullable=True, comment="The month that the figures describe."),
        sa.Column("filler_name", sa.Text(), nullable=True, comment="The person who filled in the workbook."),
        sa.Column("reviewer_name", sa.Text(), nullable=True, comment="The person who reviewed the workbook."),
        sa.Column(
            "approver_name", sa.Text(), nullable=True, comment="The person who signed the workbook for the unit."
        ),
        sa.Column(
            "filled_date", postgresql.DATERANGE(), nullable=True, comment="The day on which the workbook was signed."
        ),
        sa.Column(
            "extras",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="The unit's own columns: header path to text.",
        ),
        sa.PrimaryKeyConstraint("report_month", "submission_id"),
        schema="raw",
        comment="Who reports, for which month, and who signed it.",
        postgresql_partition_by="RANGE (report_month)",
    )
    op.create_table(
        "project_progress",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("sequence_no", sa.Text(), nullable=True, comment="Running number as written by the unit; not a key."),
        sa.Column("project_name", sa.Text(), nullable=True, comment="Name of the project in the month of the report."),
        sa.Column(
            "project_code",
            sa.Text(),
            nullable=True,
            comment="Unified project code (GB/T 40058-2021 or the older form), normalised; absent before approval.",
        ),
        sa.Column("project_location", sa.Text(), nullable=True, comment="Where the project is built, as written."),
        sa.Column(
            "project_lists",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="Codes of the yearly lists that the project belongs to; lists overlap.",
        ),
        sa.Column("industry_class", sa.Text(), nullable=True, comment="Code of the policy class of industry."),
        sa.Column(
            "construction_nature",
            sa.Text(),
            nullable=True,
            comment="Code of the nature of construction (new, continued, extension).",
        ),
        sa.Column("construction_content", sa.Text(), nullable=True, comment="What is built and how much of it."),
        sa.Column(
            "construction_years", sa.Text(), nullable=True, comment="First and last year of construction as written."
        ),
        sa.Column(
            "total_investment_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Approved total investment.",
        ),
        sa.Column(
            "completed_before_year_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment completed from the start of construction to the end of the previous year.",
        ),
        sa.Column(
            "annual_plan_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment planned for the calendar year.",
        ),
        sa.Column(
            "month_completed_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment completed in the report month.",
        ),
        sa.Column(
            "ytd_completed_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment completed from January to the end of the report month.",
        ),
        sa.Column(
            "completion_rate_pct",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Printed completion of the annual plan; more than 100 percent is legal.",
        ),
        sa.Column(
            "since_start_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment completed since the start of construction.",
        ),
        sa.Column(
            "funds_received_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Funds received since the start of construction, all sources.",
        ),
        sa.Column(
            "funds_central_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Of the funds received, from the central budget.",
        ),
        sa.Column(
            "funds_provincial_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Of the funds received, from the provincial budget.",
        ),
        sa.Column(
            "funds_local_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Of the funds received, from city and county budgets.",
        ),
        sa.Column(
            "funds_bond_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Of the funds received, from special-purpose bonds.",
        ),
        sa.Column(
            "funds_loan_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Of the funds received, from bank loans.",
        ),
        sa.Column(
            "funds_own_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Of the funds received, raised by the enterprise itself.",
        ),
        sa.Column(
            "funds_paid_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Funds paid out since the start of construction.",
        ),
        sa.Column(
            "is_started",
            sa.Boolean(),
            nullable=True,
            comment="Whether construction has started by the end of the report month.",
        ),
        sa.Column(
            "approval_date",
            postgresql.DATERANGE(),
            nullable=True,
            comment="Day of approval, ratification or filing; a day known only by month or year is an interval.",
        ),
        sa.Column(
            "contract_date",
            postgresql.DATERANGE(),
            nullable=True,
            comment="Day on which the investment contract was signed.",
        ),
        sa.Column("start_date", postgresql.DATERANGE(), nullable=True, comment="Day on which construction started."),
        sa.Column(
            "production_date",
            postgresql.DATERANGE(),
            nullable=True,
            comment="Day on which the project was completed or went into production.",
        ),
        sa.Column("physical_progress", sa.Text(), nullable=True, comment="Physical progress in words."),
        sa.Column("problems", sa.Text(), nullable=True, comment="Problems that hold the project back."),
        sa.Column("responsible_org", sa.Text(), nullable=True, comment="Organisation responsible for the project."),
        sa.Column("lead_official", sa.Text(), nullable=True, comment="Official who answers for the project."),
        sa.Column("remark", sa.Text(), nullable=True, comment="Remarks of the unit."),
        sa.Column(
            "extras",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="The unit's own columns: header path to text.",
        ),
        sa.PrimaryKeyConstraint("report_month", "submission_id", "row_number"),
        schema="raw",
        comment="The state of every listed project at the end of the report month.",
        postgresql_partition_by="RANGE (report_month)",
    )
    op.create_table(
        "read_sheet",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sheet_title", sa.Text(), nullable=False),
        sa.Column("header_first_row", sa.Integer(), nullable=True),
        sa.Column("header_last_row", sa.Integer(), nullable=True),
        sa.Column("detail_count", sa.Integer(), nullable=False),
        sa.Column("skipped_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", "sheet"),
        schema="raw",
        comment="What the reader found, one row per sheet that the dictionary knows.",
    )
    op.create_table(
        "reading_issue",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("issue_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("sheet_title", sa.Text(), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("message_zh", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", "issue_no"),
        schema="raw",
        comment="What the reader could not take as it stood; the catalogue's rules decide how much it matters.",
    )
    op.create_table(
        "reported_total",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("total_kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "detail_rows",
            postgresql.ARRAY(sa.Integer()),
            nullable=False,
            comment="Row numbers that the total claims to add up.",
        ),
        sa.Column("reported_value", sa.Numeric(precision=20, scale=6), nullable=False),
        sa.CheckConstraint("total_kind in ('total', 'subtotal', 'of_which')", name="total_kind_known"),
        sa.PrimaryKeyConstraint("report_month", "submission_id", "sheet", "row_number", "column_name"),
        schema="raw",
        comment="Totals rows as the unit wrote them, one row per figure; never added to detail.",
        postgresql_partition_by="RANGE (report_month)",
    )
    op.create_table(
        "sheet_column",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=True, comment="null: the unit's own column"),
        sa.Column("header_path", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True, comment="Unit as printed; null: none, or unknown."),
        sa.Column("factor", sa.Numeric(), nullable=True, comment="Stored value = printed value x factor."),
        sa.Column("decimals", sa.SmallInteger(), nullable=True, comment="Printed decimals in the printed unit."),
        sa.Column(
            "half_width",
            sa.Numeric(),
            nullable=True,
            comment="Half of the last printed place, in the stored unit: [v-h, v+h).",
        ),
        sa.PrimaryKeyConstraint("submission_id", "sheet", "letter"),
        schema="raw",
        comment="Where each column stood: with a row number this is the address of a cell.",
    )
    op.create_table(
        "skipped_row",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", "sheet", "row_number"),
        schema="raw",
        comment="Rows below the header that are no detail: totals, bands, notes, hidden rows.",
    )
    op.create_table(
        "summary",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("report_month", sa.Date(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column(
            "breakdown_name", sa.Text(), nullable=True, comment="Code of the breakdown that the class belongs to."
        ),
        sa.Column("item_name", sa.Text(), nullable=True, comment="Name of the class, e.g. of a list."),
        sa.Column("project_count", sa.Integer(), nullable=True, comment="Number of projects in the class."),
        sa.Column(
            "not_started_count",
            sa.Integer(),
            nullable=True,
            comment="Of these, signed or in preparation, not yet started.",
        ),
        sa.Column(
            "under_construction_count", sa.Integer(), nullable=True, comment="Of these, started and under construction."
        ),
        sa.Column("in_production_count", sa.Integer(), nullable=True, comment="Of these, completed or in production."),
        sa.Column(
            "started_count",
            sa.Integer(),
            nullable=True,
            comment="Number of projects started so far, those in production included.",
        ),
        sa.Column(
            "start_rate_pct",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Printed share of the class's projects that have started; never above 100 percent.",
        ),
        sa.Column(
            "total_investment_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Total investment of the class.",
        ),
        sa.Column(
            "annual_plan_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment planned for the calendar year in the class.",
        ),
        sa.Column(
            "month_completed_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment completed in the report month in the class.",
        ),
        sa.Column(
            "ytd_completed_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Investment completed from January to the end of the report month in the class.",
        ),
        sa.Column(
            "completion_rate_pct",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Printed completion of the class's annual plan; more than 100 percent is legal.",
        ),
        sa.Column(
            "funds_received_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Funds received in the class since the start of construction.",
        ),
        sa.Column(
            "funds_paid_wan",
            sa.Numeric(precision=20, scale=6),
            nullable=True,
            comment="Funds paid out in the class since the start of construction.",
        ),
        sa.Column("remark", sa.Text(), nullable=True, comment="Remarks of the unit."),
        sa.Column(
            "extras",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="The unit's own columns: header path to text.",
        ),
        sa.PrimaryKeyConstraint("report_month", "submission_id", "row_number"),
        schema="raw",
        comment="The unit's own totals by class; kept apart from the detail and only used for checking it.",
        postgresql_partition_by="RANGE (report_month)",
    )

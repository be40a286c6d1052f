"""Take in the sheets beside 项目进展 and 汇总, and what those two have gained."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT, FLAG, COUNT, FIGURE, DAYS = sa.Text(), sa.Boolean(), sa.Integer(), sa.Numeric(20, 6), DATERANGE()

# Per sheet what it is about, and its columns: name, type, comment.
SHEETS: dict[str, tuple[str, list[tuple[str, sa.types.TypeEngine[Any], str]]]] = {
    "permits": (
        "Which permits each project needs, and how far they are.",
        [
            ("sequence_no", TEXT, "Running number as written by the unit; not a key."),
            ("project_name", TEXT, "Name of the project, as in the sheet 项目进展."),
            ("project_code", TEXT, "Unified project code, as in the sheet 项目进展."),
            ("permit_kind", TEXT, "Code of the permit."),
            ("is_needed", FLAG, "Whether the project needs the permit; empty where the status says it."),
            ("permit_status", TEXT, "How far the permit is at the end of the month."),
            ("issued_date", DAYS, "The day on which the permit was issued."),
            ("document_no", TEXT, "Number of the document or licence."),
            ("due_date", DAYS, "The day by which the permit is to be issued."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "elements": (
        "What each project needs of land, forest land, sea area and energy, and what has been granted.",
        [
            ("sequence_no", TEXT, "Running number as written by the unit; not a key."),
            ("project_name", TEXT, "Name of the project, as in the sheet 项目进展."),
            ("project_code", TEXT, "Unified project code, as in the sheet 项目进展."),
            ("element_kind", TEXT, "Code of the element."),
            ("quantity_unit", TEXT, "Code of the unit in which the quantities of the row stand."),
            ("needed_quantity", FIGURE, "How much the project needs in all, in quantity_unit."),
            ("granted_quantity", FIGURE, "How much of it has been granted by the end of the month, in quantity_unit."),
            ("granted_date", DAYS, "The day of the last grant."),
            ("document_no", TEXT, "Number of the document of the last grant."),
            ("due_date", DAYS, "The day by which all of it has to be granted."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "funds_and_bonds": (
        "How far applications for bonds and for money of higher levels have come, as the unit's own "
        "sums. A stage counts everything of its cohort that has reached it, also what has gone "
        "further.",
        [
            ("fund_channel", TEXT, "Code of the channel."),
            (
                "cohort",
                TEXT,
                "The batch or year of application whose projects are followed through the stages, as written.",
            ),
            ("funnel_stage", TEXT, "Code of the stage reached."),
            ("project_count", COUNT, "Number of projects of the cohort that have reached the stage."),
            ("total_investment_wan", FIGURE, "Total investment of these projects."),
            ("demand_wan", FIGURE, "What is asked of the channel for these projects."),
            ("other_sources_wan", FIGURE, "What other sources than this channel bear."),
            ("granted_wan", FIGURE, "What has been approved, issued or received at the stage."),
            ("paid_wan", FIGURE, "What has been paid out of it."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "batches": (
        "Projects of the campaign 签约一批, 开工一批, 投产一批 by period and class, and how many of them have "
        "been converted to the stage that follows.",
        [
            ("batch_period", TEXT, "Number of the period."),
            ("batch_class", TEXT, "Class of the campaign that the projects belong to."),
            ("project_count", COUNT, "Number of projects of the period in the class."),
            ("total_investment_wan", FIGURE, "Total investment of these projects."),
            (
                "converted_count",
                COUNT,
                "How many of them have come to the next stage; signed to started, started to "
                "production, production to full capacity.",
            ),
            ("converted_investment_wan", FIGURE, "Total investment of those that have come to the next stage."),
            ("conversion_rate_pct", FIGURE, "Printed share of the projects that have come to the next stage."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "fixed_asset_investment": (
        "Fixed-asset investment as the statistics bureau publishes it, by category. Its scope is "
        "another than that of the project lists; the two are never added.",
        [
            ("fai_category", TEXT, "Code of the category; categories overlap."),
            (
                "ytd_fai_wan",
                FIGURE,
                "Fixed-asset investment from January to the month; empty where only the growth is published.",
            ),
            ("last_year_ytd_fai_wan", FIGURE, "The same months of the year before, on the same scope."),
            (
                "fai_growth_pct",
                FIGURE,
                "Printed growth over the same months of the year before; below zero for a fall.",
            ),
            ("remark", TEXT, "What else the unit has to say, e.g. that the scope has changed."),
        ],
    ),
    "pipeline": (
        "Projects before their start, from the idea to the turn into a project that is built.",
        [
            ("sequence_no", TEXT, "Running number as written by the unit; not a key."),
            ("project_name", TEXT, "Name of the project."),
            ("project_code", TEXT, "Unified project code; absent before approval."),
            ("industry_class", TEXT, "Code of the policy class of industry."),
            ("total_investment_wan", FIGURE, "Estimated total investment."),
            ("pipeline_stage", TEXT, "How far the project is at the end of the month."),
            ("reserved_date", DAYS, "The day on which the project was entered in the reserve."),
            ("planned_start_date", DAYS, "When the project is to start."),
            ("converted_date", DAYS, "The day on which it became a project that is built."),
            ("responsible_org", TEXT, "The body responsible for the project."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "investment_promotion": (
        "Projects signed with investors, and how much of what was agreed is in place.",
        [
            ("sequence_no", TEXT, "Running number as written by the unit; not a key."),
            ("project_name", TEXT, "Name of the signed project."),
            ("project_code", TEXT, "Unified project code; absent before approval."),
            ("investor_name", TEXT, "The company that invests."),
            ("industry_class", TEXT, "Code of the policy class of industry."),
            ("signed_date", DAYS, "The day on which the contract was signed."),
            ("agreed_investment_wan", FIGURE, "Investment agreed in the contract."),
            ("ytd_in_place_wan", FIGURE, "What came into place from January to the month."),
            ("in_place_wan", FIGURE, "What is in place by the end of the month since the contract."),
            ("in_place_rate_pct", FIGURE, "Printed share of the agreed investment that is in place."),
            ("is_started", FLAG, "Whether the project has started by the end of the month."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "issues": (
        "What hinders projects, who has to settle it by when, and what came of it.",
        [
            ("issue_no", TEXT, "Number under which the unit keeps the issue; the same in every month."),
            (
                "project_name",
                TEXT,
                "Name of the project, as in the sheet 项目进展; empty for issues of no single project.",
            ),
            ("project_code", TEXT, "Unified project code, as in the sheet 项目进展."),
            ("issue_class", TEXT, "Code of the class of issue."),
            ("issue_text", TEXT, "What the issue is."),
            ("raised_date", DAYS, "The day on which the issue was raised."),
            ("responsible_org", TEXT, "The body that has to settle it."),
            ("owner_name", TEXT, "The person who has to settle it."),
            ("due_date", DAYS, "The day by which it has to be settled."),
            ("escalation_level", TEXT, "The highest level to which the issue was carried."),
            ("is_closed", FLAG, "Whether it is settled at the end of the month."),
            ("closed_date", DAYS, "The day on which it was settled."),
            ("result_text", TEXT, "What came of it."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "dispatch": (
        "Visits of responsible leaders to their projects, meetings and inspections of the month.",
        [
            ("sequence_no", TEXT, "Running number as written by the unit; not a key."),
            (
                "project_name",
                TEXT,
                "Name of the project, as in the sheet 项目进展; empty for events about no single project.",
            ),
            ("project_code", TEXT, "Unified project code, as in the sheet 项目进展."),
            ("leader_name", TEXT, "The leader who is responsible for the project or held the event."),
            ("leader_role", TEXT, "Office of the leader."),
            ("event_kind", TEXT, "Code of the kind of event."),
            ("event_date", DAYS, "The day of the event."),
            ("visit_count", COUNT, "How many events the row stands for; empty is one."),
            ("problem_text", TEXT, "What was to be settled."),
            ("result_text", TEXT, "What was decided."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
    "targets": (
        "What a region has to reach in the year, and what the unit says has been reached by the end of the month.",
        [
            ("region_name", TEXT, "The region that the target is set for, as written; empty is the unit itself."),
            ("target_indicator", TEXT, "Code of the indicator."),
            ("quantity_unit", TEXT, "Code of the unit in which target and actual stand."),
            ("target_quantity", FIGURE, "The target of the year, in quantity_unit."),
            ("actual_quantity", FIGURE, "What has been reached from January to the month, in quantity_unit."),
            ("achieved_rate_pct", FIGURE, "Printed share of the target that has been reached; above 100 is legal."),
            ("remark", TEXT, "The document that sets the target, or what else the unit has to say."),
        ],
    ),
    "platform_register": (
        "Projects as the supervision platform of the city or province has them, to compare the units' books with.",
        [
            ("sequence_no", TEXT, "Running number as written by the unit; not a key."),
            ("project_name", TEXT, "Name of the project in the platform."),
            ("project_code", TEXT, "Unified project code in the platform."),
            ("region_name", TEXT, "The unit that the project belongs to, as written; empty is the unit itself."),
            ("total_investment_wan", FIGURE, "Total investment in the platform."),
            ("platform_status", TEXT, "The project's state in the platform, as written."),
            ("remark", TEXT, "What else the unit has to say."),
        ],
    ),
}

COLUMNS: dict[str, list[tuple[str, sa.types.TypeEngine[Any], str]]] = {
    "project_progress": [
        (
            "industry_code",
            TEXT,
            "Code of GB/T 4754-2017, a letter or two to four digits, by what the project will produce.",
        ),
        ("parent_project", TEXT, "Code or name of the project of which this row is a part."),
        ("project_status", TEXT, "Code of the state at the end of the month."),
        ("planned_start_date", DAYS, "Day on which the project was planned to start."),
        ("statistics_entry_date", DAYS, "Day on which the project entered the statistics bureau's register."),
        ("capacity_date", DAYS, "Day on which the project reached its full capacity."),
        ("completion_date", DAYS, "Day on which the completed project was accepted."),
    ],
    "summary": [
        ("permits_needed_count", COUNT, "Permits that the class's projects need."),
        ("permits_done_count", COUNT, "Of these, permits that have been issued."),
        (
            "permit_rate_pct",
            FIGURE,
            "Printed share of the permits needed that have been issued; permits that are not needed count in neither.",
        ),
    ],
}


def upgrade() -> None:
    """Create the tables of the sheets and add the columns; earlier submissions have nothing in them."""
    for sheet, (about, columns) in SHEETS.items():
        op.create_table(
            sheet,
            sa.Column("submission_id", sa.BigInteger(), nullable=False),
            sa.Column("report_month", sa.Date(), nullable=False),
            sa.Column("unit_code", sa.Text(), nullable=False),
            sa.Column("row_number", sa.Integer(), nullable=False),
            *(sa.Column(name, kind, comment=comment) for name, kind, comment in columns),
            sa.Column("extras", JSONB(), comment="The unit's own columns: header path to text."),
            sa.PrimaryKeyConstraint("report_month", "submission_id", "row_number"),
            schema="raw",
            comment=about,
            postgresql_partition_by="RANGE (report_month)",
        )
    for table, added in COLUMNS.items():
        for name, kind, comment in added:
            op.add_column(table, sa.Column(name, kind, nullable=True, comment=comment), schema="raw")


def downgrade() -> None:
    """Take away the tables and the columns with what they hold."""
    for table, added in COLUMNS.items():
        for name, _, _ in added:
            op.drop_column(table, name, schema="raw")
    for sheet in SHEETS:
        op.drop_table(sheet, schema="raw")

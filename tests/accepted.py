"""Accepted submissions put straight into the warehouse, for tests of what comes after the gate."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Engine, text

from taizhang.warehouse.partitions import ensure_partitions
from taizhang.warehouse.tables import SHEET_TABLES, reported_total, submission

MARCH = date(2024, 3, 1)
FEBRUARY = date(2024, 2, 1)


def project(name: str, total: object = 100, plan: object = 50, ytd: object = 20, **more: Any) -> dict[str, Any]:
    """A project row: name, amounts in 万元, and whatever else the dictionary's sheet 项目进展 has."""
    return {
        "project_name": name,
        "total_investment_wan": total,
        "annual_plan_wan": plan,
        "month_completed_wan": 5,
        "ytd_completed_wan": ytd,
        "is_started": True,
        **more,
    }


def accept(engine: Engine, unit: str, month: date, projects: Iterable[Mapping[str, Any]]) -> int:
    """Put an accepted submission of these projects in force, in place of the one before; returns its number."""
    ensure_partitions(engine, [month])
    with engine.begin() as connection:
        set_state(engine, unit, month, "superseded", connection)
        number = connection.scalar(
            submission.insert()
            .values(
                sha256=uuid.uuid4().hex,
                file_name=f"{unit}.xlsx",
                byte_size=1,
                source_uri="file:///",
                unit_code=unit,
                report_month=month,
                state="accepted",
            )
            .returning(submission.c.submission_id)
        )
        owner = {"submission_id": number, "unit_code": unit, "report_month": month}
        for row_number, row in enumerate(projects, start=5):
            connection.execute(SHEET_TABLES["project_progress"].insert().values(**owner, row_number=row_number, **row))
        connection.execute(
            reported_total.insert().values(
                **owner, sheet="project_progress", row_number=4, column_name="total_investment_wan", total_kind="total",
                label="合计", detail_rows=[5], reported_value=100,
            )
        )  # fmt: skip
        connection.execute(
            SHEET_TABLES["summary"].insert().values(
                **owner, row_number=3, breakdown_name="list", item_name="市列", project_count=1, annual_plan_wan=50
            )
        )  # fmt: skip
    return int(number or 0)


def set_state(engine: Engine, unit: str, month: date, state: str, connection: Any = None) -> None:
    """Take the accepted submission of a unit and month, if any, to another state."""
    statement = text(
        "update ops.submission set state = :state "
        "where unit_code = :unit and report_month = :month and state = 'accepted'"
    )
    values = {"unit": unit, "month": month, "state": state}
    if connection is not None:
        connection.execute(statement, values)
        return
    with engine.begin() as own:
        own.execute(statement, values)

"""Readings put into the warehouse as submissions that wait for the gate."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text

from taizhang.reading.result import WorkbookReading
from taizhang.warehouse.load import Loadable, write_readings
from taizhang.warehouse.partitions import ensure_partitions
from taizhang.warehouse.tables import submission
from tests.readings import project, workbook_reading

EPOCH = datetime(2024, 4, 1, tzinfo=UTC)


def submit(engine: Engine, *readings: WorkbookReading) -> list[int]:
    """Load readings as submissions in state 'read', received one minute after the other; returns their numbers."""
    ensure_partitions(engine, [reading.report_month for reading in readings])
    with engine.begin() as connection:
        loadables = []
        for reading in readings:
            count = connection.scalar(text("select count(*) from ops.submission")) or 0
            number = connection.scalar(
                submission.insert()
                .values(
                    sha256=uuid.uuid4().hex,
                    file_name=reading.file_name,
                    byte_size=1,
                    source_uri="file:///",
                    unit_code=reading.unit_code,
                    report_month=reading.report_month,
                    state="read",
                    filed_on=filed_on(reading.report_month),
                    received_at=EPOCH + timedelta(minutes=count),
                )
                .returning(submission.c.submission_id)
            )
            assert number is not None
            loadables.append(Loadable(number, reading))
        write_readings(connection, loadables)
    return [loadable.submission_id for loadable in loadables]


def filed_on(report_month: date) -> date:
    """A day after the month on which every kind of unit files in time."""
    return (report_month + timedelta(days=32)).replace(day=5)


def states(engine: Engine, numbers: Sequence[int]) -> list[str]:
    """The states of these submissions, in order."""
    with engine.connect() as connection:
        rows = connection.execute(text("select submission_id, state from ops.submission")).all()
    found = {row.submission_id: row.state for row in rows}
    return [found[number] for number in numbers]


def rows_of(engine: Engine, query: str, **values: Any) -> list[dict[str, Any]]:
    """All rows of a query."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query), values).mappings()]


def month(number: int) -> date:
    """The first day of a month of 2024."""
    return date(2024, number, 1)


def carried(number: int, ytd: str, done: str, **values: Any) -> dict[str, Any]:
    """A project's row with these figures of the year and of the month."""
    return project(number, ytd_completed_wan=Decimal(ytd), month_completed_wan=Decimal(done), **values)


def reading(report_month: int, ytd: str, done: str, **values: Any) -> WorkbookReading:
    """A workbook of a month of 2024 with one project that has these figures."""
    return workbook_reading(month=month(report_month), projects=[carried(4, ytd, done, **values)])


def findings(engine: Engine, number: int) -> list[dict[str, Any]]:
    """What the gate has found in a submission, in the order in which it was written."""
    return rows_of(
        engine, "select * from audit.finding where submission_id = :number order by finding_id", number=number
    )

"""Project rows for the benchmark: the same for the same number, loaded by the program's own loader."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from taizhang.codelists import SEEDS_DIR
from taizhang.dictionary import ColumnType, sheet
from taizhang.reading.result import ReadColumn, ReportedTotal, SheetReading, WorkbookReading
from taizhang.warehouse.load import Loadable, write_readings
from taizhang.warehouse.partitions import ensure_partitions
from taizhang.warehouse.tables import submission

BEFORE, MONTH = date(2024, 2, 1), date(2024, 3, 1)
ROWS_OF_A_SUBMISSION = 500
FIRST_ROW = 4
FAULTY_EVERY = 500
LOADED_AT_ONCE = 50
HIDDEN = ("row_number", "extras")

Row = dict[str, Any]


def _days(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, 2)


def _plain_row(index: int, month: date) -> Row:
    """A row without any fault; its amounts of the year grow from month to month."""
    before, in_month = 2000 + index % 700, 100 + index % 90
    ytd = in_month * month.month
    plan, total = 12 * in_month, 9000 + index % 5000
    central, local, own = 300 + index % 11, 200 + index % 7, 100 + index % 5
    received = central + local + own
    return {
        "project_name": f"第{index}号项目",
        "project_code": f"2024-621122-04-01-{index % 1_000_000:06d}",
        "project_lists": ["city_listed"],
        "total_investment_wan": total,
        "completed_before_year_wan": before,
        "annual_plan_wan": plan,
        "month_completed_wan": in_month,
        "ytd_completed_wan": ytd,
        "completion_rate_pct": round(Decimal(100 * ytd) / plan, 2),
        "since_start_wan": before + ytd,
        "funds_received_wan": received,
        "funds_central_wan": central,
        "funds_provincial_wan": 0,
        "funds_local_wan": local,
        "funds_bond_wan": 0,
        "funds_loan_wan": 0,
        "funds_own_wan": own,
        "funds_paid_wan": received - index % 100,
        "is_started": True,
        "approval_date": _days(2022, 1 + index % 12),
        "contract_date": _days(2023, 1 + index % 6),
        "start_date": _days(2023, 7 + index % 6),
        "responsible_org": "区重大项目办公室",
        "lead_official": "王五",
    }


# One fault each; rows with a fault take them in turn.
FAULTS: tuple[Callable[[Row], Row], ...] = (
    lambda row: row | {"ytd_completed_wan": row["ytd_completed_wan"] + 7},
    lambda row: row | {"since_start_wan": row["since_start_wan"] - 3},
    lambda row: row | {"funds_received_wan": row["funds_received_wan"] + 11},
    lambda row: row | {"funds_paid_wan": row["funds_received_wan"] + 50},
    lambda row: row | {"completion_rate_pct": row["completion_rate_pct"] + 1},
    lambda row: row | {"project_name": None},
    lambda row: row | {"project_code": "62112204"},
    lambda row: row | {"funds_bond_wan": -20, "funds_received_wan": row["funds_received_wan"] - 20},
    lambda row: row | {"approval_date": _days(2024, 2)},
    lambda row: row | {"total_investment_wan": row["total_investment_wan"] * 10000},
)


def _row(index: int, month: date) -> Row:
    row = _plain_row(index, month)
    if month == MONTH and index % FAULTY_EVERY == FAULTY_EVERY // 2:
        row = FAULTS[(index // FAULTY_EVERY) % len(FAULTS)](row)
    return row


def _columns(name: str, filled: list[str]) -> list[ReadColumn]:
    definition = sheet(name)
    figures = (ColumnType.AMOUNT, ColumnType.RATE, ColumnType.COUNT)
    units: Row = {"unit": "万元", "factor": Decimal(1), "decimals": 0}
    rates: Row = {"unit": "%", "factor": Decimal(1), "decimals": 2}
    return [
        ReadColumn(
            chr(ord("A") + place),
            definition.column(column).label,
            column,
            **(rates if kind is ColumnType.RATE else units if kind in figures else {}),
        )
        for place, column in enumerate(filled)
        for kind in [definition.column(column).type]
    ]


def _sheet(name: str, rows: list[Row], first_row: int) -> SheetReading:
    filled = list(rows[0]) if rows else [column.name for column in sheet(name).columns][:10]
    names = ["row_number", *(column.name for column in sheet(name).columns), "extras"]
    full = [{"row_number": first_row + place, **row} for place, row in enumerate(rows)]
    frame = pd.DataFrame([{key: row.get(key) for key in names} for row in full], columns=names, dtype=object)
    return SheetReading(name, sheet(name).title, _columns(name, filled), frame, (first_row - 1, first_row - 1))


def _reading(unit_code: str, month: date, first: int, count: int) -> WorkbookReading:
    rows = [_row(index, month) for index in range(first, first + count)]
    progress = _sheet("project_progress", rows, FIRST_ROW)
    total = Decimal(sum(row["ytd_completed_wan"] for row in rows))
    numbers = tuple(range(FIRST_ROW, FIRST_ROW + count))
    progress.totals.append(ReportedTotal(FIRST_ROW + count, "ytd_completed_wan", "total", "合计", numbers, total))
    cover = {"reporting_unit": unit_code, "report_period": month, "filler_name": "张三", "reviewer_name": "李四"}
    return WorkbookReading(
        file_name=f"{unit_code}-{month:%Y-%m}.xlsx",
        unit_code=unit_code,
        unit_name=unit_code,
        report_month=month,
        template_version=None,
        sheets={
            "cover": _sheet("cover", [cover | {"approver_name": "王五"}], 1),
            "project_progress": progress,
            "summary": _sheet("summary", [], FIRST_ROW),
        },
        issues=[],
    )


def _counties() -> Iterator[str]:
    """Codes in force, each once: a county that was renamed has two rows."""
    with (SEEDS_DIR / "region.csv").open(encoding="utf-8") as file:
        found = (row for row in csv.DictReader(file) if row["region_level"] == "county" and not row["valid_to"])
        yield from dict.fromkeys(row["region_code"] for row in found)


def load(engine: Engine, rows: int) -> int:
    """Load `rows` project rows of one month that wait for the gate, and as many accepted ones of the month before.

    Returns the number of waiting submissions.
    """
    ensure_partitions(engine, [BEFORE, MONTH])
    shares = [(first, min(ROWS_OF_A_SUBMISSION, rows - first)) for first in range(0, rows, ROWS_OF_A_SUBMISSION)]
    units = list(islice(_counties(), len(shares)))
    if len(units) < len(shares):
        raise ValueError(f"there are only {len(units)} counties for {len(shares)} submissions")
    for month, state in ((BEFORE, "accepted"), (MONTH, "read")):
        filed = list(zip(units, shares, strict=True))
        for begin in range(0, len(filed), LOADED_AT_ONCE):
            readings = [_reading(unit, month, *share) for unit, share in filed[begin : begin + LOADED_AT_ONCE]]
            _submit(engine, readings, state)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")
    return len(shares)


def _submit(engine: Engine, readings: list[WorkbookReading], state: str) -> None:
    with engine.begin() as connection:
        received = datetime(2024, 4, 1, tzinfo=UTC)
        numbers = connection.scalars(
            submission.insert().returning(submission.c.submission_id, sort_by_parameter_order=True),
            [
                {
                    "sha256": reading.file_name,
                    "file_name": reading.file_name,
                    "byte_size": 1,
                    "source_uri": "file:///",
                    "unit_code": reading.unit_code,
                    "report_month": reading.report_month,
                    "state": state,
                    "received_at": received + timedelta(minutes=place),
                }
                for place, reading in enumerate(readings)
            ],
        ).all()
        write_readings(
            connection, [Loadable(number, reading) for number, reading in zip(numbers, readings, strict=True)]
        )

"""Rows of judged tables made by hand: the cases beside the catalogue, and what the gate's SQL says of them."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Engine, text

from taizhang.dictionary import ColumnType
from taizhang.quality.batch import collect_waiting
from taizhang.quality.catalogue import CATALOGUE_DIR, Check
from taizhang.quality.judged import JudgedTable
from taizhang.quality.materialise import build_judged_tables
from taizhang.quality.statements import WAREHOUSE

CASES_DIR = CATALOGUE_DIR / "cases"
DEFAULTS = {
    "submission_id": 1,
    "unit_code": "621122",
    "report_month": "2024-03-01",
    "month_of_year": 3,
    "is_noted": False,
    "is_first_row": False,
    "is_combined": False,
    "is_excused": False,
}
COUNTS = {"detail_project_count", "detail_started_count"}


def load_case(check: Check) -> dict[str, Any]:
    """The pass and fail rows of a check; FileNotFoundError when it has none."""
    path: Path = CASES_DIR / f"{check.meta.check_id}.yml"
    case: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return case


def prepare_empty_tables(engine: Engine) -> None:
    """Make the gate's schema with empty judged tables."""
    with engine.begin() as connection:
        connection.execute(text("create schema if not exists gate"))
        collect_waiting(connection, WAREHOUSE)
        build_judged_tables(connection, WAREHOUSE)


def _half_width(column: str, value: Any, table: JudgedTable) -> Decimal:
    name = column.removeprefix("prev_")
    if column in COUNTS or table.columns.get(name) is ColumnType.COUNT:
        return Decimal(0)
    return Decimal(5).scaleb(int(Decimal(str(value)).as_tuple().exponent) - 1)


def complete(row: dict[str, Any], row_number: int, table: JudgedTable) -> dict[str, Any]:
    """Fill in what the case leaves out: identity, half widths of its printed figures, letters and units of columns."""
    full = {name: value for name, value in DEFAULTS.items() if table.has(name)}
    if table.has("row_number"):
        full["row_number"] = row_number
    letters = {name: "A" for name in table.columns if name.endswith("_letter")}
    halves = {
        f"{name}_h": _half_width(name, value, table)
        for name, value in row.items()
        if value is not None and table.has(f"{name}_h")
    }
    factors = {name: 1 for name in table.columns if name.endswith("_factor")}
    return full | letters | factors | halves | row


def put_rows(connection: Connection, table: JudgedTable, rows: Iterable[dict[str, Any]], first_row: int = 1) -> int:
    """Insert rows into the judged table; returns how many."""
    full = [complete(row, number, table) for number, row in enumerate(rows, start=first_row)]
    if full:
        insert(connection, table, full)
    return len(full)


def insert(connection: Connection, table: JudgedTable, rows: list[dict[str, Any]]) -> None:
    """Insert complete rows, all in one statement; an error for a column that the table has not."""
    judged = f"{WAREHOUSE.gate}.{table.table}"
    names = ", ".join(sorted({name for row in rows for name in row}))
    connection.execute(
        text(
            f"insert into {judged} ({names})"
            f" select {names} from jsonb_populate_recordset(null::{judged}, cast(:rows as jsonb))"
        ),
        {"rows": json.dumps(rows, default=str)},
    )

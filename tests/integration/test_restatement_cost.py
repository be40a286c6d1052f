"""Restating one county's month among twelve months of thirty units touches that county's rows and nothing else."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from taizhang.codelists import reporting_units
from taizhang.publication import publish
from taizhang.publication.history import versioned_tables
from tests.accepted import accept, project

pytestmark = pytest.mark.publishes

UNITS = 30
MONTHS = [date(2024, month, 1) for month in range(1, 13)]
COUNTY, MONTH = "621122", date(2024, 5, 1)
ABOVE = {COUNTY, "621100", "620000", "100000"}
# What a row is about, and what it may be about when the county's month is restated.
ALLOWED: dict[str, set[Any]] = {"unit_code": {COUNTY}, "region_code": ABOVE}


def filed(engine: Engine, unit: str, month: date, total: int) -> None:
    rows = [
        project(name, total + number, ytd=month.month * 5, project_code=f"2401-{unit[:6]}-04-01-10000{number}")
        for number, name in enumerate(("甲", "乙", "丙"))
    ]
    accept(engine, unit, month, rows)


def written(connection: Connection, table: str) -> list[dict[str, Any]]:
    """Rows that the second publication opened or closed."""
    query = f"select * from history.{table} where published_from = 2 or published_to = 2"
    return [dict(row) for row in connection.execute(text(query)).mappings()]


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_a_restated_month_touches_its_own_rows_only(engine: Engine) -> None:
    units = [unit.unit_code for unit in reporting_units().units.values() if unit.has_details][:UNITS]
    assert len({COUNTY, *units}) >= UNITS
    for unit in {COUNTY, *units}:
        for month in MONTHS:
            filed(engine, unit, month, 100)
    publish(engine)
    filed(engine, COUNTY, MONTH, 130)
    publish(engine)

    with engine.connect() as connection:
        found = {table: written(connection, table) for table in versioned_tables(connection)}
    touched = {table: rows for table, rows in found.items() if rows}
    assert {"fct_project_month", "agg_unit_month", "agg_region_month", "fct_revision"} <= set(touched)
    # Three projects, each closed and opened; one row a region and list, closed and opened.
    assert len(touched["fct_project_month"]) == 6
    assert len(touched["agg_unit_month"]) == 2
    assert len(touched["agg_region_month"]) == 2 * len(ABOVE)
    strangers = {
        (table, column, row[column])
        for table, rows in touched.items()
        for row in rows
        for column, allowed in ALLOWED.items()
        if row.get(column) is not None and row[column] not in allowed
    }
    assert strangers == set()
    assert {row["report_month"] for row in touched["fct_project_month"]} == {MONTH}
    assert sum(map(len, touched.values())) < 600

"""What somebody should know on a day: late filings, overdue items, lights, files sent back, publications.

Everything is asked as of a day that is given; nothing here reads a clock. Files count by the day on which they were
filed; how they ended is what is known now.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from taizhang.codelists import reporting_units, seed_rows, unit_kinds
from taizhang.deadlines.calendar import DueRow, due_rows, filing_calendar

QUERIES = Path(__file__).parent / "queries"
ALWAYS = ("filings", "submissions", "publications")
ON_MARTS = ("items", "lights")
SHORTEST_MONTH = 28
_TABLE = """
    create temporary table matter (
        family text not null, kind text not null, unit_code text, report_month date, subject text not null,
        label text not null, since date not null, stage text, detail jsonb not null
    ) on commit drop
"""
_LISTED = text("""
    select kind, unit_code, report_month, label, since, cast(:day as date) - since as days, detail
    from matter
    order by kind, since, unit_code, report_month, label
""")


@dataclass(frozen=True)
class Matter:
    """One thing to know. `since` is the due day, or the day of the decision; `days` from then, negative before it."""

    kind: str
    unit_code: str | None
    report_month: date | None
    label: str
    since: date
    days: int
    detail: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """All there is to know of a day. `unknown_months` are planned, but nobody knows by which day.

    `has_marts` is false before the first publication: items and lights are not known then.
    """

    day: date
    matters: list[Matter]
    unknown_months: list[date]
    has_marts: bool


def matters_on(connection: Connection, day: date) -> Found:
    """Return all matters as of a day, in order of kind and day."""
    has_marts = fill_matters(connection, day)
    rows = connection.execute(_LISTED, {"day": day}).mappings()
    return Found(day, [Matter(**row) for row in rows], unknown_months(day), has_marts)


def fill_matters(connection: Connection, day: date) -> bool:
    """Fill the temporary table `matter`, which lasts as long as the transaction; returns whether there are marts."""
    watching = filing_calendar().watching
    has_marts = connection.scalar(text("select exists (select 1 from ops.current_publication)")) is True
    values = {
        "day": day,
        "since": day - timedelta(days=watching.look_back_days),
        "since_month": _month(day - timedelta(days=watching.look_back_days)),
        "units": as_json(_units()),
        "due": as_json(_due(day)),
        "warning_kinds": as_json(seed_rows("warning_kind")),
    }
    connection.execute(text("drop table if exists pg_temp.matter"))
    connection.execute(text(_TABLE))
    for name in (*ALWAYS, *(ON_MARTS if has_marts else ())):
        statement = query(name)
        connection.execute(statement, {key: values[key] for key in statement.compile().params})
    connection.execute(text("analyze pg_temp.matter"))
    return has_marts


def unknown_months(day: date) -> list[date]:
    """Return the report months due around a day, up to two months ahead, whose due days want holidays."""
    around = months_before(day + timedelta(days=62), 4)
    return [month for month in around if any(filing_calendar().is_unknown(kind, month) for kind in unit_kinds())]


@cache
def query(name: str) -> Any:
    """Return a statement of the folder `queries`."""
    return text((QUERIES / f"{name}.sql").read_text(encoding="utf-8"))


def as_json(rows: Iterable[Any]) -> str:
    """Return rows as one JSON text, days as PostgreSQL reads them."""
    return json.dumps(list(rows), ensure_ascii=False, default=str)


def _units() -> list[dict[str, object]]:
    return [
        {
            "unit_code": unit.unit_code,
            "unit_name": unit.unit_name,
            "unit_kind": unit.unit_kind,
            "valid_from": unit.valid_from,
            "valid_to": unit.valid_to,
        }
        for unit in reporting_units().units.values()
    ]


def _due(day: date) -> list[DueRow]:
    """Kinds and months that are due within the reminders before the day, or were within what is looked back at."""
    watching = filing_calendar().watching
    latest = day + timedelta(days=max(watching.filings.remind_before_days, default=0))
    earliest = day - timedelta(days=watching.look_back_days)
    months = months_before(latest, watching.look_back_days // SHORTEST_MONTH + 3)
    return [row for row in due_rows(months) if earliest <= row["due_on"] <= latest]


def months_before(day: date, count: int) -> list[date]:
    """Return the month of a day and those before it, `count` in all, the oldest first."""
    last = day.year * 12 + day.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def _month(day: date) -> date:
    return day.replace(day=1)

"""What BI tools ask of ten years of the nation, through the readers' views: times, and the plans that were used."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import Engine, text

from benchmarks import published
from benchmarks.measure import Limit, Section, Way, in_turn
from benchmarks.scales import SHORT, Scale
from benchmarks.warehouse import fresh_warehouse
from taizhang.access.region_access import bind
from taizhang.warehouse.connection import address

QUESTIONS = Path(__file__).parent / "questions.sql"
LAST_MONTH = date(2026, 12, 1)
# Asked of all that the reader sees, so that two readers get two answers; all others are of one province.
OF_ALL = "the 100 gravest warnings of a month"
AT_MOST_MS = 100
READERS = {"benchmark_bi": "taizhang_bi", "benchmark_region": "taizhang_region"}
# Reading so few rows one after the other is no matter of indexes, and so few pages need no telling.
FEW_ROWS, FEW_PAGES = 1_000, 100
WHY_ASKED_SO = (
    "A reader's view keeps readers' own functions away from rows that they may not see (security_barrier). So it lets"
    " through to its indexes what is compared with a constant or with `array(select …)`, and never what is joined: the"
    " questions give regions as codes and look names up last. The analysts' guide says so."
)
Sessions = dict[str, psycopg.Connection]


@dataclass(frozen=True)
class Question:
    """A query with its name; all readers who see the province get the same answer, unless it is asked of all."""

    name: str
    sql: str
    values: dict[str, object]


def measure(scale: Scale, rounds: int) -> Section:
    """Ask every question as a reader of all regions and as one of a province; the first round warms up."""
    months, projects = (2, 20) if scale is SHORT else (120, 400)
    section = Section(
        "queries",
        "BI queries on years of published figures",
        f"{months} months of the counties of today, at most {scale.units}, with {projects} projects each; one row in"
        " ten in two states.",
        facts={"readers": "taizhang_bi sees all regions, taizhang_region those of one province"},
        notes=[WHY_ASKED_SO],
    )
    with fresh_warehouse() as engine:
        published.fill(engine, months, scale.units, projects)
        section.facts |= _sizes(engine)
        province = _province(engine)
        with _sessions(engine, province) as sessions:
            for question in _questions(province):
                _ask(section, question, sessions, rounds)
    return section


def _questions(province: str) -> Iterator[Question]:
    values = {"province": province, "month": LAST_MONTH, "january": LAST_MONTH.replace(month=1)}
    for part in QUESTIONS.read_text(encoding="utf-8").split("-- question: ")[1:]:
        name, _, statement = part.partition("\n")
        yield Question(name, statement, values)


def _ask(section: Section, question: Question, sessions: Sessions, rounds: int) -> None:
    ways = [_way(question, reader, session) for reader, session in sessions.items()]
    section.seconds |= in_turn(ways, rounds)
    for way, (reader, session) in zip(ways, sessions.items(), strict=True):
        milliseconds = 1000 * median(section.seconds[way.name])
        section.limits.append(Limit(way.name, milliseconds, AT_MOST_MS, "ms"))
        scans = _scans(session, question)
        in_full = [scan for scan in scans if scan["Node Type"] == "Seq Scan" and _rows_read(scan) > FEW_ROWS]
        section.limits.append(Limit(f"{way.name}: tables read in full", len(in_full), 0))
        if told := "; ".join(_told(scans)):
            section.notes.append(f"Plan of “{question.name}” for {READERS[reader]}: {told}.")


def _way(question: Question, reader: str, session: psycopg.Connection) -> Way:
    def answer() -> list[Any] | None:
        rows = session.execute(question.sql.encode(), question.values).fetchall()
        if not rows:
            raise RuntimeError(f"{reader} gets no answer to “{question.name}”")
        return None if question.name == OF_ALL else rows

    return Way(f"{question.name} ({reader.removeprefix('benchmark_')})", answer)


def _scans(session: psycopg.Connection, question: Question) -> list[dict[str, Any]]:
    """The reading nodes of the plan that were run, in order."""
    explained = f"explain (analyze, buffers, format json) {question.sql}"
    row = session.execute(explained.encode(), question.values).fetchone()
    assert row is not None
    found: list[dict[str, Any]] = []
    waiting = [row[0][0]["Plan"]]
    while waiting:
        node = waiting.pop()
        waiting += reversed(node.get("Plans", []))
        if node.get("Relation Name") and node["Actual Loops"]:
            found.append(node)
    return found


def _rows_read(scan: dict[str, Any]) -> float:
    return float(scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)) * float(scan["Actual Loops"])


def _told(scans: list[dict[str, Any]]) -> Iterator[str]:
    return (_shown(scan) for scan in scans if scan["Shared Hit Blocks"] + scan["Shared Read Blocks"] > FEW_PAGES)


def _shown(scan: dict[str, Any]) -> str:
    """A node in short: how, of what, by which condition, rows and pages."""
    below = scan.get("Plans", [{}])[0]
    index = scan.get("Index Name") or below.get("Index Name")
    condition = scan.get("Index Cond") or below.get("Index Cond") or scan.get("Filter", "")
    by = f" by `{index}`: `{condition}`" if index else ""
    pages = scan["Shared Hit Blocks"] + scan["Shared Read Blocks"]
    rows = f"{scan['Actual Rows']:.0f}" + (f" x {scan['Actual Loops']:.0f}" if scan["Actual Loops"] > 1 else "")
    return f"{scan['Node Type']} of `{scan['Relation Name']}`{by}, {rows} rows, {pages} pages"


def _sizes(engine: Engine) -> dict[str, str]:
    statement = text(
        "select relname, reltuples::bigint, pg_size_pretty(pg_total_relation_size(oid)) from pg_class"
        " where relnamespace = 'history'::regnamespace and relkind = 'r'"
        " and (reltuples > 10000 or relname = 'dim_reporting_unit') order by 2 desc"
    )
    with engine.connect() as connection:
        return {f"history.{name}": f"{rows:,} rows, {size}" for name, rows, size in connection.execute(statement)}


def _province(engine: Engine) -> str:
    """The province with the most counties."""
    statement = text(
        "select province_code from history.dim_reporting_unit group by 1 order by count(*) desc, 1 limit 1"
    )
    with engine.connect() as connection:
        return str(connection.scalar(statement))


@contextmanager
def _sessions(engine: Engine, province: str) -> Iterator[Sessions]:
    """A session of each sort of readers, with a login of its own that goes at the end."""
    password = secrets.token_hex(16)
    with engine.begin() as connection:
        for reader, role in READERS.items():
            connection.exec_driver_sql(f"drop role if exists {reader}")
            connection.exec_driver_sql(f"create role {reader} login password '{password}'")
            connection.exec_driver_sql(f"grant {role} to {reader}")
    bind(engine, "benchmark_region", [province])
    urls = {reader: address(engine.url.set(username=reader, password=password)) for reader in READERS}
    sessions = {reader: psycopg.connect(url, autocommit=True) for reader, url in urls.items()}
    try:
        yield sessions
    finally:
        for session in sessions.values():
            session.close()
        with engine.begin() as connection:
            for reader in READERS:
                connection.exec_driver_sql(f"drop owned by {reader}")
                connection.exec_driver_sql(f"drop role {reader}")

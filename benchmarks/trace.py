"""From a county's figure to its cells in the archived workbooks, with a year and with ten years of history."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.measure import Goal, Section, Way, in_turn
from benchmarks.programs import printed
from benchmarks.scales import MONTH, PROVINCE, SHORT, Scale
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.history import fill
from benchmarks.workload.units import Unit, first_units, months_before, registered
from benchmarks.workload.workbooks import write_workbooks
from taizhang.evidence.trace import trace
from taizhang.ingest import discover, ingest_chunk
from taizhang.publication import marts_build, publish
from taizhang.quality.gate import judge_batch
from taizhang.settings import settings
from taizhang.warehouse.connection import address

# A trace reads one county's rows among all; more counties make the same indexes no deeper.
UNITS, PROJECTS = 8, (200, 400)
MEASURE = "ytd_completed_wan"
# The command, with the register of units that the workbooks were filed with.
PROGRAM = (
    "import os, pathlib; from benchmarks.workload.units import use_project; from taizhang.cli import main;"
    " use_project(pathlib.Path(os.environ['BENCHMARK_PROJECT'])); main()"
)


def measure(scale: Scale, rounds: int) -> Section:
    """Trace the same figure in warehouses that differ in their history only, in this process and by the command."""
    histories = scale.histories if scale is SHORT else PROVINCE.histories
    units = first_units(min(scale.units, UNITS), scale.projects if scale is SHORT else PROJECTS)
    shortest, longest = min(histories), max(histories)
    section = Section(
        "trace",
        "Tracing a county's figure to its cells",
        f"{len(units)} units with {sum(unit.projects for unit in units)} projects a month, {shortest} and {longest}"
        " months of history; the month's workbooks are in the archive.",
    )
    with registered(units), ExitStack() as stack:
        write_workbooks(units, MONTH, settings().home / "traced")
        engines = {months: stack.enter_context(_published(units, months)) for months in (shortest, longest)}
        region = _accepted(engines[shortest])
        ways = [way for months, engine in engines.items() for way in _ways(engine, region, months)]
        section.seconds = in_turn(ways, rounds)
        section.facts = {f"rows, {months} months": _rows(engine) for months, engine in engines.items()}
        cells = trace(engines[longest], region, MONTH, MEASURE)[0].cells
    section.facts["traced"] = f"{MEASURE} of {region}: {len(cells)} cells, each read again from the archived workbook"
    for kind in ("in this process", "as a command"):
        section.goals.append(Goal(_named(kind, longest), _named(kind, shortest), at_most=1.2))
    return section


def _named(kind: str, months: int) -> str:
    return f"trace {kind}, {months} months of history"


@contextmanager
def _published(units: tuple[Unit, ...], months: int) -> Iterator[Engine]:
    """A warehouse in which so many months are published, the last of them from real workbooks."""
    with fresh_warehouse(f"benchmark_trace_{months}") as engine:
        if months > 1:
            fill(engine, units, months_before(MONTH, months - 1))
        _take_workbooks()
        for chunk in discover(engine):
            ingest_chunk(engine, chunk)
        judge_batch(engine)
        if publish(engine) is None:
            raise RuntimeError(f"nothing was published of {months} months")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("vacuum analyze")
        yield engine


def _take_workbooks() -> None:
    settings().inbox_dir.mkdir(parents=True, exist_ok=True)
    for file in (settings().home / "traced").iterdir():
        place = settings().inbox_dir / file.name
        if not place.exists():
            place.hardlink_to(file)


def _accepted(engine: Engine) -> str:
    """The first unit whose workbook of the month was accepted."""
    statement = text(
        "select unit_code from ops.submission where report_month = :month and state = 'accepted' order by 1 limit 1"
    )
    with engine.connect() as connection:
        return str(connection.scalar(statement, {"month": MONTH}))


def _ways(engine: Engine, region: str, months: int) -> list[Way]:
    def here() -> tuple[object, ...]:
        (found,) = trace(engine, region, MONTH, MEASURE)
        return found.figure, len(found.cells), found.is_proven

    def command() -> tuple[object, ...]:
        asked = {"region": region, "month": f"{MONTH:%Y-%m}", "measure": MEASURE}
        (found,) = _run(engine, "trace", *(f"--{name}={value}" for name, value in asked.items()), "--json")
        return Decimal(found["figure"]), len(found["cells"]), found["is_proven"]

    return [Way(_named("in this process", months), here), Way(_named("as a command", months), command)]


def _run(engine: Engine, *arguments: str) -> Any:
    environment = {
        "TAIZHANG_HOME": str(settings().home),
        "TAIZHANG_DATABASE_URL": address(engine.url),
        "BENCHMARK_PROJECT": str(marts_build.DBT_PROJECT),
    }
    return json.loads(printed("-c", PROGRAM, *arguments, environment=environment))


def _rows(engine: Engine) -> str:
    with engine.connect() as connection:
        count = connection.scalar(text("select count(*) from history.fct_project_month"))
    return f"{count:,} rows in history.fct_project_month"

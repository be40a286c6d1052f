"""`python -m benchmarks.gate`: what the gate costs on many rows, against the cheapest SQL, plain GX and soda-core.

It works below `var/benchmarks`, in a server and a database of its own, and writes `benchmarks/RESULTS.md`.
"""

import argparse
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from subprocess import CalledProcessError
from typing import Any

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from benchmarks import others, rows
from benchmarks.results import FINDINGS, GX, OWN, RESULTS, write_results
from taizhang.quality.catalogue import Catalogue, by_table, load_catalogue
from taizhang.quality.checkpoint import run_checkpoint
from taizhang.quality.findings import create_finding_table, write_findings
from taizhang.quality.gate import judge_batch
from taizhang.quality.statements import WAREHOUSE, run
from taizhang.quality.tallies import Tally, count_rows
from taizhang.server import embedded
from taizhang.settings import settings
from taizhang.warehouse.connection import DRIVER
from taizhang.warehouse.migrate import upgrade

DATABASE = "benchmark"
CHEAPEST = "cheapest SQL: one counting scan per judged table"
Counts = dict[str, int]


@dataclass
class Measured:
    """Seconds of each way, one per round, and what else is to be told; `cheapest` is what the ways are compared to."""

    cheapest: str = CHEAPEST
    seconds: dict[str, list[float]] = field(default_factory=dict)
    imports: dict[str, float] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def note(self, way: str, seconds: float) -> None:
        """Add one measurement."""
        self.seconds.setdefault(way, []).append(seconds)

    def median(self, way: str) -> float:
        """The median of a way's rounds."""
        return median(self.seconds[way])


def main() -> None:
    """Measure and write the results."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--results", type=Path, default=RESULTS, help="where the results are written")
    given = options.parse_args()
    home = settings().home / "benchmarks"
    os.environ["TAIZHANG_HOME"] = str(home)
    settings.cache_clear()
    try:
        with _database() as url:
            write_results(given.results, _measure(url, home, given.rows, given.rounds))
    finally:
        embedded.stop()
        shutil.rmtree(settings().data_docs_dir, ignore_errors=True)


@contextmanager
def _database() -> Iterator[URL]:
    """A fresh warehouse on the benchmark's own server, dropped at the end."""
    server_url = make_url(embedded.ensure_running()).set(drivername=DRIVER)
    server = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database if exists {DATABASE} with (force)")
        connection.exec_driver_sql(f"create database {DATABASE}")
    url = server_url.set(database=DATABASE)
    upgrade(url)
    yield url
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {DATABASE} with (force)")


def _measure(url: URL, home: Path, number: int, rounds: int) -> Measured:
    measured, catalogue = Measured(), load_catalogue()
    engine = create_engine(url, poolclass=NullPool)
    begin = time.perf_counter()
    submissions = rows.load(engine, number)
    measured.facts = {"rows": number, "submissions": submissions, "rounds": rounds, "checks": len(catalogue.checks)}
    measured.facts["loading"] = time.perf_counter() - begin
    report = judge_batch(engine, catalogue)
    measured.steps = report.seconds
    measured.facts |= {"accepted": len(report.accepted), "quarantined": len(report.quarantined)}
    ways = _ways(engine, url, catalogue, home, measured)
    _cheapest(engine, catalogue)  # not measured: afterwards no way finds the tables colder than another
    for _ in range(rounds):
        reference: Counts | None = None
        for way, evaluate in ways.items():
            begin = time.perf_counter()
            counts, seconds = evaluate()
            measured.note(way, time.perf_counter() - begin if seconds is None else seconds)
            if counts is not None:
                reference = reference or counts
                _require_equal(way, counts, reference)
    measured.facts["failing"] = sum((reference or {}).values())
    return measured


def _require_equal(way: str, counts: Counts, reference: Counts) -> None:
    """Ways that do not find the same cannot be compared."""
    differing = [
        f"{name}: {counts.get(name)}, not {count}" for name, count in reference.items() if counts.get(name) != count
    ]
    if differing:
        raise RuntimeError(f"{way} counts otherwise: {'; '.join(differing)}")


Way = Callable[[], tuple[Counts | None, float | None]]


def _ways(engine: Engine, url: URL, catalogue: Catalogue, home: Path, measured: Measured) -> dict[str, Way]:
    """What is measured in each round, in this order; each works on the judged tables that the gate has left."""

    def other(name: str, evaluate: Callable[[], dict[str, Any]]) -> Way:
        def way() -> tuple[Counts, float]:
            found = evaluate()
            measured.imports[name] = found["import"]
            return found["counts"], found["seconds"]

        return way

    with engine.begin() as connection:
        tallies = count_rows(connection, catalogue.checks, WAREHOUSE)
    ways: dict[str, Way] = {
        CHEAPEST: lambda: (_cheapest(engine, catalogue), None),
        GX: lambda: (run_checkpoint(url, catalogue, WAREHOUSE.gate), None),
        "gate: Great Expectations with Data Docs": lambda: (
            run_checkpoint(url, catalogue, WAREHOUSE.gate, settings().data_docs_dir / "benchmark"),
            None,
        ),
        OWN: lambda: (_own_counts(engine, catalogue), None),
        FINDINGS: lambda: _findings(engine, catalogue, tallies),
        "Great Expectations as it comes": other(
            "Great Expectations as it comes", lambda: others.plain_gx(url, catalogue)
        ),
    }
    try:
        interpreter = others.install_soda(home / "soda")
    except (OSError, CalledProcessError) as error:
        measured.remarks.append(f"soda-core could not be installed, so it was not measured: {error}")
    else:
        ways["soda-core"] = other(
            "soda-core", lambda: others.soda(interpreter, url, catalogue, home / "soda-contracts")
        )
    return ways


def _cheapest(engine: Engine, catalogue: Catalogue) -> Counts:
    """The failing rows of every check, and nothing else: one scan per judged table, without Python in between."""
    counts: Counts = {}
    with engine.connect() as connection:
        for table, checks in by_table(catalogue.checks).items():
            tests = ", ".join(
                f"count(*) filter (where {check.predicate(WAREHOUSE.gate).contradicted})" for check in checks
            )
            row = run(connection, f"select {tests} from {WAREHOUSE.gate}.judged_{table}").one()
            counts |= dict(zip((check.meta.check_id for check in checks), row, strict=True))
    return counts


def _own_counts(engine: Engine, catalogue: Catalogue) -> Counts:
    with engine.begin() as connection:
        tallies = count_rows(connection, catalogue.checks, WAREHOUSE)
    return {name: tally.rows_failed for name, tally in tallies.items()}


def _findings(engine: Engine, catalogue: Catalogue, tallies: dict[str, Tally]) -> tuple[None, None]:
    with engine.begin() as connection:
        create_finding_table(connection, WAREHOUSE)
        write_findings(connection, catalogue.checks, tallies, WAREHOUSE)
    return None, None


if __name__ == "__main__":
    main()

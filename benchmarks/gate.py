"""What the gate costs: all rules over a month that waits, against the cheapest SQL and against other tools."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import Engine

from benchmarks import others
from benchmarks.measure import Goal, Limit, Section, Way, in_turn
from benchmarks.peers import interpreter_or_note
from benchmarks.scales import NATION, SHORT, Scale
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.units import registered, units_of
from benchmarks.workload.waiting import load
from taizhang.quality.batch import collect_waiting
from taizhang.quality.catalogue import Catalogue, by_table, load_catalogue
from taizhang.quality.checkpoint import run_checkpoint
from taizhang.quality.findings import count_rows, create_finding_table, write_findings
from taizhang.quality.gate import judge_batch
from taizhang.quality.materialise import build_judged_tables
from taizhang.quality.statements import WAREHOUSE, Workplace, run
from taizhang.settings import settings

CHEAPEST = "cheapest SQL: one counting scan per judged table"
GATE = "gate: Great Expectations, own counts, every failing row as a finding"
START_UP = "gate: the same on judged tables without rows"
COPIED = "cheapest SQL on judged tables that are copied first, each as it is"
WHOLE = "gate: the same with building the judged tables"
SODA = "soda-core, counts only"
SODA_ROWS = "soda-core, then a query of the rows of each check that failed"
DBT = "dbt tests that store the failing rows"
PLAIN_GX = "Great Expectations as it comes (SUMMARY)"
PER_COUNTY = "Great Expectations, a suite for each of {count} counties"
EMPTY = Workplace(raw="raw", gate="gate_empty")
SAMPLE = 5
COMPARED = (
    "All ways evaluate the predicates of the whole catalogue on the same judged tables and find the same number of"
    " failing rows for every check. The gate counts twice, by Great Expectations and by itself and submission, compares"
    " the two, and writes every failing row with its cell and its message. The cheapest SQL only counts.",
    "Making what the predicates need is compared with copying the finished judged tables as they are: no join, no"
    " history, no precision, so less than any SQL that makes them.",
    "soda-core, dbt and Great Expectations wait in processes of their own: their import is not measured, nor is"
    " dbt's first parsing. dbt runs in its process with two threads; soda-core and Great Expectations as it comes keep"
    " no failing rows, or 20 of them.",
    "What limits the gate: each predicate is evaluated twice a row, once in the counting statement of Great"
    " Expectations and once in the gate's own scan, so that one count can contradict the other; that alone is about"
    " twice the cheapest SQL and so more than a tool that counts once. Noting the failing rows in the scan that counts,"
    " and asking only those for their verdicts, made the own scan about as cheap as the cheapest SQL; a scan that looks"
    " for the rows alone took twice as long. What Great Expectations does besides SQL does not grow with the rows.",
    "Of a month of the nation, Great Expectations as it comes, dbt and the suites per county are measured once and"
    " without a round before, for five rounds would take hours.",
)
Counts = dict[str, int]


def measure(scale: Scale, rounds: int) -> Section:
    """Load a month that waits, judge it in all ways, and at last as the night does."""
    units, catalogue = units_of(scale), _catalogue(scale)
    with registered(units), fresh_warehouse() as engine, tempfile.TemporaryDirectory() as folder:
        submissions = load(engine, units)
        _collect(engine)
        rows = sum(unit.projects for unit in units)
        section = Section(
            "gate",
            "The gate",
            f"{submissions} submissions of a month with about {rows} project rows and all other sheets, 2% of them"
            f" faulty, and the accepted month before; {len(catalogue.checks)} checks.",
            notes=list(COMPARED),
        )
        with _peers(engine, catalogue, Path(folder), section) as (quick, slow):
            section.seconds |= in_turn([*_own_ways(engine, catalogue), *quick], rounds, warm_up=scale is not SHORT)
            is_cold = scale in (SHORT, NATION)
            section.seconds |= in_turn(slow, 1 if scale is NATION else rounds, warm_up=not is_cold)
        _judge_goals(section, submissions)
        steps = judge_batch(engine, catalogue).seconds
        section.facts["one run from waiting to decided, in seconds"] = ", ".join(f"{a} {b}" for a, b in steps.items())
    return section


def _catalogue(scale: Scale) -> Catalogue:
    """All checks; where only the harness is tried every fifteenth, for all tools together take a minute for all."""
    full = load_catalogue()
    return Catalogue(full.checks[::15], full.register, full.files) if scale is SHORT else full


def _collect(engine: Engine) -> None:
    """Make the batch and its judged tables, and the same tables without rows."""
    with engine.begin() as connection:
        run(connection, f"create schema if not exists {WAREHOUSE.gate}")
        collect_waiting(connection, WAREHOUSE)
    _build(engine)
    with engine.begin() as connection:
        run(connection, f"create schema {EMPTY.gate}")
        tables = run(connection, f"select tablename from pg_tables where schemaname = '{WAREHOUSE.gate}'").scalars()
        for table in tables.all():
            run(connection, f"create table {EMPTY.gate}.{table} (like {WAREHOUSE.gate}.{table})")


def _own_ways(engine: Engine, catalogue: Catalogue) -> list[Way]:
    def whole() -> Counts:
        _build(engine)
        return _judge(engine, catalogue, WAREHOUSE)

    def copied() -> Counts:
        with engine.begin() as connection:
            run(connection, "drop schema if exists copied cascade")
            run(connection, "create schema copied")
            for table in by_table(catalogue.checks):
                copy = f"create unlogged table copied.judged_{table} as select * from gate.judged_{table}"
                run(connection, copy)
        return _cheapest(engine, catalogue, "copied")

    return [
        Way(CHEAPEST, lambda: _cheapest(engine, catalogue, WAREHOUSE.gate)),
        Way(START_UP, lambda: _of_none(_judge(engine, catalogue, EMPTY))),
        Way(COPIED, copied),
        Way(WHOLE, whole),
        Way(GATE, lambda: _judge(engine, catalogue, WAREHOUSE)),
    ]


def _build(engine: Engine) -> None:
    with engine.begin() as connection:
        build_judged_tables(connection, WAREHOUSE)


def _judge(engine: Engine, catalogue: Catalogue, place: Workplace) -> Counts:
    """What the gate does with judged tables; RuntimeError when Great Expectations counts otherwise than the gate."""
    counts = run_checkpoint(engine.url, catalogue, place.gate, settings().data_docs_dir / "benchmark")
    with engine.begin() as connection:
        tallies = count_rows(connection, catalogue.checks, place)
        create_finding_table(connection, place)
        write_findings(connection, catalogue.checks, tallies, place)
    if counts != {name: tally.rows_failed for name, tally in tallies.items()}:
        raise RuntimeError("Great Expectations and the gate do not count the same")
    return counts


def _of_none(counts: Counts) -> None:
    if any(counts.values()):
        raise RuntimeError("the tables without rows have failing rows")


def _cheapest(engine: Engine, catalogue: Catalogue, schema: str) -> Counts:
    """The number of failing rows of every check, and nothing else, without Python in between."""
    counts: Counts = {}
    with engine.connect() as connection:
        for table, checks in by_table(catalogue.checks).items():
            tests = ", ".join(f"count(*) filter (where {check.predicate(schema).contradicted})" for check in checks)
            row = run(connection, f"select {tests} from {schema}.judged_{table}").one()
            counts |= dict(zip((check.meta.check_id for check in checks), row, strict=True))
    return counts


@contextmanager
def _peers(
    engine: Engine, catalogue: Catalogue, folder: Path, section: Section
) -> Iterator[tuple[list[Way], list[Way]]]:
    """The other tools, started: those of about our speed, and those that are many times slower."""
    counties = _copy_counties(engine, catalogue)
    with ExitStack() as stack:
        quick = []
        if interpreter := interpreter_or_note(section.notes, "soda-core"):
            (folder / "soda").mkdir()
            soda = stack.enter_context(others.soda(interpreter, engine.url, catalogue, folder / "soda"))
            quick = [Way(SODA, soda.count), Way(SODA_ROWS, lambda: _with_rows(engine, catalogue, soda.count()))]
        plain = stack.enter_context(others.great_expectations(engine.url, catalogue, [WAREHOUSE.gate]))
        single = stack.enter_context(others.great_expectations(engine.url, catalogue, counties))
        tests = stack.enter_context(others.dbt_tests(engine.url, catalogue, folder / "dbt"))
        per_county = Way(PER_COUNTY.format(count=len(counties)), lambda: _sampled(single.count()))
        yield quick, [Way(PLAIN_GX, plain.count), Way(DBT, tests.count), per_county]


def _with_rows(engine: Engine, catalogue: Catalogue, counts: Counts) -> Counts:
    """Keep the rows of each check that failed, as someone would who is told its number by soda-core."""
    with engine.begin() as connection:
        run(connection, "drop schema if exists soda_rows cascade")
        run(connection, "create schema soda_rows")
        for number, check in enumerate(catalogue.checks):
            if counts[check.meta.check_id]:
                failing = f"select * from gate.{check.table.table} where {check.predicate('gate').contradicted}"
                run(connection, f"create unlogged table soda_rows.check_{number} as {failing}")
    return counts


def _copy_counties(engine: Engine, catalogue: Catalogue) -> list[str]:
    """Make judged tables of their own for a sample of submissions; returns their schemas."""
    with engine.begin() as connection:
        batch = "select submission_id from gate.batch order by submission_id"
        schemas = []
        for number in run(connection, f"{batch} limit {SAMPLE}").scalars().all():
            schemas.append(schema := f"county_{number}")
            run(connection, f"create schema {schema}")
            for table in by_table(catalogue.checks):
                rows = f"select * from gate.judged_{table} where submission_id = {number}"
                run(connection, f"create table {schema}.judged_{table} as {rows}")
    return schemas


def _sampled(counts: Counts) -> None:
    """A sample finds other numbers than all; it must have been asked for every check."""
    if not counts:
        raise RuntimeError("no suite was run")


def _judge_goals(section: Section, submissions: int) -> None:
    """What was to be reached; a suite per county is scaled from the sample to all submissions."""
    section.goals += [
        Goal(GATE, CHEAPEST, at_most=3, start_up=START_UP),
        Goal(WHOLE, COPIED, at_most=3, start_up=START_UP),
        *(Goal(GATE, peer, times_faster=1) for peer in (SODA, SODA_ROWS) if peer in section.seconds),
        Goal(GATE, DBT, times_faster=1),
        Goal(GATE, PLAIN_GX, times_faster=3),
    ]
    (name,) = [way for way in section.seconds if way.startswith(PER_COUNTY.partition("{")[0])]
    sampled = min(SAMPLE, submissions)
    scaled = median(section.seconds[name]) / sampled * submissions
    share = median(section.seconds[GATE]) / scaled
    section.limits.append(
        Limit(f"gate, as part of a suite for each county, scaled from {sampled} to {submissions}", share, 1 / 60)
    )

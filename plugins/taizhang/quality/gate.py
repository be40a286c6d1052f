"""The gate: judges all submissions that wait, with Great Expectations and with our own SQL, and decides on them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, text

from taizhang.closing import chain
from taizhang.closing.people import Approvals, approvals
from taizhang.errors import TaizhangError
from taizhang.evidence.seal import seal
from taizhang.observe.logs import about
from taizhang.quality.admission import admit
from taizhang.quality.amendments import Amendments, load_amendments
from taizhang.quality.batch import collect_waiting, compare_with_standing
from taizhang.quality.catalogue import Catalogue, load_catalogue
from taizhang.quality.checkpoint import run_checkpoint
from taizhang.quality.corrections import apply_corrections
from taizhang.quality.data_docs.index import write_index
from taizhang.quality.decision import Decision, carry_out, decide, record
from taizhang.quality.diagnosis import suggest
from taizhang.quality.findings import Tally, count_rows, create_finding_table, write_findings
from taizhang.quality.materialise import build_judged_tables
from taizhang.quality.rejudging import find_amended, record_amendments, require_standing
from taizhang.quality.rule_pack import store_pack
from taizhang.quality.settled_months import Settled, require_same_months, settle, without_settled
from taizhang.quality.statements import WAREHOUSE
from taizhang.quality.tallies import record_counts
from taizhang.quality.waivers import apply_waivers
from taizhang.settings import settings
from taizhang.warehouse.connection import exclusive, require_held

STEP = "gate"


class CountDisagreementError(TaizhangError):
    """Great Expectations and our own SQL do not find the same number of failing rows: nothing is decided."""


@dataclass
class GateReport:
    """What the gate did; `gate_run_id` is None when nothing waited. `seconds` tells what took how long.

    What passed but waits for people stands in `in_review` or, of closed months, in `held`.
    """

    gate_run_id: int | None = None
    accepted: list[Decision] = field(default_factory=list)
    quarantined: list[Decision] = field(default_factory=list)
    superseded: list[Decision] = field(default_factory=list)
    in_review: list[Decision] = field(default_factory=list)
    held: list[Decision] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note how long the block takes, all its runs together."""
        begin = time.perf_counter()
        yield
        self.seconds[step] = round(self.seconds.get(step, 0) + time.perf_counter() - begin, 3)


def judge_batch(
    engine: Engine,
    catalogue: Catalogue | None = None,
    amendments: Amendments | None = None,
    people: Approvals | None = None,
) -> GateReport:
    """Judge and decide what waits, and again what waivers or corrections have changed since it was judged.

    `people` say whose submissions are reviewed first. Nothing is decided when anything about the run is in doubt:
    WarehouseBusyError when another gate is at work, CatalogueError, AmendmentError, ConfigurationError,
    CorrectionError, CheckpointError, CountDisagreementError, BlindCheckError, MaterialisationError or
    MonthClosedMeanwhileError when the run is in error; the submissions then wait for the next run.
    """
    report = GateReport()
    with exclusive(engine, STEP):
        catalogue = catalogue or load_catalogue()
        amendments = amendments or load_amendments(catalogue)
        people = people or approvals()
        _close_killed_runs(engine)
        settled, waiting = _prepare(engine, amendments, report)
        if waiting == 0:
            return report
        run_id = _open_run(engine, catalogue, waiting)
        try:
            with about(gate_run_id=run_id):
                _judge(engine, catalogue, settled, people, run_id, report)
        except Exception as error:
            _fail_run(engine, run_id, error)
            raise
        finally:
            write_index(engine, settings().data_docs_dir)
        report.gate_run_id = run_id
    return report


def _prepare(engine: Engine, amendments: Amendments, report: GateReport) -> tuple[Settled, int]:
    """Fix the amendments and the batch; returns them, and how many submissions it has."""
    with report.timed("collect"), engine.begin() as connection:
        _ensure_schema(connection)
        settled = settle(connection, amendments)
        again = find_amended(connection, WAREHOUSE, settled.amendments)
        return settled, collect_waiting(connection, WAREHOUSE, without_settled(connection, again, settled))


def _ensure_schema(connection: Connection) -> None:
    """Make the gate's schema; where there is one, nobody is asked whether he might."""
    if connection.scalar(text("select to_regnamespace('gate') is null")):
        connection.execute(text("create schema if not exists gate"))


def _judge(
    engine: Engine, catalogue: Catalogue, settled: Settled, people: Approvals, run_id: int, report: GateReport
) -> None:
    """Judge, and judge again as long as a submission was compared with one that does not come into force."""
    amendments = settled.amendments
    with report.timed("corrections"), engine.begin() as connection:
        apply_corrections(connection, WAREHOUSE, amendments.active_corrections)
    moved = 1
    while moved:
        tallies, gx_counts = _find_contradictions(engine, catalogue, amendments, run_id, report)
        with report.timed("decision"), engine.begin() as connection:
            chain.look(connection)
            require_same_months(connection, settled)
            admit(connection, WAREHOUSE, people)
            decisions = decide(connection, WAREHOUSE)
            moved = compare_with_standing(connection, WAREHOUSE)
            if not moved:
                require_standing(connection, WAREHOUSE, decisions)
                record(connection, WAREHOUSE, run_id, catalogue, tallies, gx_counts)
                record_counts(connection, WAREHOUSE, run_id)
                record_amendments(connection, WAREHOUSE, run_id)
                carry_out(connection, WAREHOUSE, run_id)
                seal(connection, run_id)
                connection.execute(
                    text("update audit.gate_run set state = 'done', finished_at = now() where gate_run_id = :run_id"),
                    {"run_id": run_id},
                )
                require_held(connection, STEP)
    for decision in decisions:
        getattr(report, decision.state).append(decision)


def _find_contradictions(
    engine: Engine, catalogue: Catalogue, amendments: Amendments, run_id: int, report: GateReport
) -> tuple[dict[str, Tally], dict[str, int]]:
    """Fill `gate.finding`; returns what every check saw, by our own SQL and by Great Expectations."""
    with report.timed("judged_tables"), engine.begin() as connection:
        build_judged_tables(connection, WAREHOUSE)
    with report.timed("great_expectations_import"):
        import great_expectations

        del great_expectations
    with report.timed("checkpoint"):
        docs = settings().data_docs_dir / str(run_id)
        gx_counts = run_checkpoint(engine.url, catalogue, WAREHOUSE.gate, docs)
    with report.timed("findings"), engine.begin() as connection:
        tallies = count_rows(connection, catalogue.checks, WAREHOUSE)
        _require_agreement(tallies, gx_counts)
        create_finding_table(connection, WAREHOUSE)
        write_findings(connection, catalogue.checks, tallies, WAREHOUSE)
        apply_waivers(connection, WAREHOUSE, amendments.active_waivers)
    with report.timed("diagnosis"), engine.begin() as connection:
        suggest(connection, catalogue.checks, WAREHOUSE)
    return tallies, gx_counts


def _require_agreement(tallies: dict[str, Tally], gx_counts: dict[str, int]) -> None:
    """Compare the two counts of every check, whichever side may lack one."""
    differing = [
        f"{name}: Great Expectations {gx_counts.get(name)}, own SQL {tally.rows_failed if tally else None}"
        for name in sorted(tallies.keys() | gx_counts.keys())
        for tally in [tallies.get(name)]
        if tally is None or tally.rows_failed != gx_counts.get(name)
    ]
    if differing:
        raise CountDisagreementError("; ".join(differing))


def _close_killed_runs(engine: Engine) -> None:
    """Runs that still say 'running' while we hold the lock were killed; their submissions still wait."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "update audit.gate_run set state = 'error', finished_at = now(), failure = 'killed before it ended'"
                " where state = 'running'"
            )
        )


def _open_run(engine: Engine, catalogue: Catalogue, waiting: int) -> int:
    """Note which rules judge how many submissions, with the rules as they stand."""
    with engine.begin() as connection:
        store_pack(connection, catalogue)
        return int(
            connection.execute(
                text(
                    "insert into audit.gate_run (state, catalogue_version, pack_version, submission_count)"
                    " values ('running', :version, :pack_version, :waiting) returning gate_run_id"
                ),
                {"version": catalogue.version, "pack_version": catalogue.pack_version, "waiting": waiting},
            ).scalar_one()
        )


def _fail_run(engine: Engine, run_id: int, error: Exception) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "update audit.gate_run set state = 'error', finished_at = now(), failure = :failure"
                " where gate_run_id = :run_id"
            ),
            {"run_id": run_id, "failure": f"{type(error).__name__}: {error}"},
        )

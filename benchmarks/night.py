"""A whole night, from the inbox to the publication: against the sum of its limits, and against the naive way."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine

from benchmarks import naive
from benchmarks.measure import Goal, Limit, Seconds, Section, Way, in_turn
from benchmarks.night_limits import Copying, Replacing, Unpacking, scan
from benchmarks.night_steps import PROCESSES
from benchmarks.programs import printed
from benchmarks.scales import MONTH, NATION, Scale
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.faults import is_unreadable
from benchmarks.workload.history import fill
from benchmarks.workload.units import Unit, months_before, registered, units_of
from benchmarks.workload.workbooks import write_workbooks
from taizhang.publication import publish
from taizhang.quality.catalogue import load_catalogue
from taizhang.settings import settings

OURS = "the night"
LIMITS = "sum of the limits"
PARTS = ("limit: python-calamine alone", "limit: COPY", "limit: counting scans", "limit: marts by plain SQL")
NAIVE = "pandas with openpyxl, to_sql, Great Expectations as it comes, dbt full refresh"
BASE, TONIGHT = "benchmark_base", "benchmark_night"
MONTHS_BEFORE = 1
# Workbooks that the naive way reads.
SAMPLE = 20
GB = 10**9


class Night:
    """A warehouse with the month before published (`full_build`: in how many seconds), and a copy for each night."""

    def __init__(self, units: tuple[Unit, ...], project: Path, files: list[Path], full_build: float) -> None:
        self.units = units
        self.project = project
        self.files = files
        self.full_build = full_build
        self.stack = ExitStack()
        self.reports: list[dict[str, Any]] = []
        self.engine: Engine

    def prepare(self) -> None:
        """A warehouse as it was before the night, and the workbooks in the inbox."""
        self.stack.close()
        self.engine = self.stack.enter_context(fresh_warehouse(TONIGHT, template=BASE))
        for folder in (settings().landing_dir, settings().outbox_dir, settings().inbox_dir):
            shutil.rmtree(folder, ignore_errors=True)
        settings().inbox_dir.mkdir(parents=True)
        for file in self.files:
            # A link keeps the time of filing, and needs no second copy.
            (settings().inbox_dir / file.name).hardlink_to(file)

    def run(self) -> None:
        """The night, in a process of its own."""
        job = {"url": self.engine.url.render_as_string(hide_password=False), "project": str(self.project)}
        report = json.loads(printed("-m", "benchmarks.night_steps", given=job).splitlines()[-1])
        readable = sum(not is_unreadable(number) for number in range(len(self.units)))
        if report["read"] != readable:
            raise RuntimeError(f"the night has read {report['read']} of {readable} workbooks")
        self.reports.append(report)


def measure(scale: Scale, rounds: int) -> Section:
    """Measure nights of a scale; of the nation only one."""
    units = units_of(scale)
    with _prepared(units) as night, ExitStack() as stack:
        # A nation's night takes minutes: files and tables are as cold for it as they are at night.
        ways = _ways(night, stack)
        warm_up = scale.rounds > 1 and scale is not NATION
        seconds = in_turn(ways, 1 if scale is NATION else rounds, warm_up=warm_up)
        seconds[LIMITS] = [sum(parts) for parts in zip(*(seconds[part] for part in PARTS), strict=True)]
        peer, note = _naive(night)
        return _section(scale, night, seconds | {NAIVE: [peer]}, note)


@contextmanager
def _prepared(units: tuple[Unit, ...]) -> Iterator[Night]:
    """The month's workbooks, and a warehouse in which the month before is published."""
    folder = settings().home / "workbooks"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with registered(units) as project, fresh_warehouse(BASE) as engine:
            files = write_workbooks(units, MONTH, folder)
            fill(engine, units, months_before(MONTH, MONTHS_BEFORE))
            begin = time.perf_counter()
            publish(engine)
            night = Night(units, project, files, time.perf_counter() - begin)
            with night.stack:
                yield night
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ways(night: Night, stack: ExitStack) -> list[Way]:
    """The night and what it costs at least, in the order of a round."""
    catalogue, rows = load_catalogue(), settings().home / "copied"
    unpacking = Unpacking(night.files)
    stack.enter_context(unpacking.pool)
    replacing = Replacing(night.units, BASE, stack)
    return [
        Way(OURS, night.run, night.prepare),
        Way(PARTS[0], unpacking.run, unpacking.prepare),
        Way(PARTS[1], lambda: Copying(night.engine, rows).run(), lambda: Copying(night.engine, rows).prepare()),
        Way(PARTS[2], lambda: scan(night.engine, catalogue)),
        Way(PARTS[3], replacing.run, replacing.prepare),
    ]


def _naive(night: Night) -> tuple[float, str]:
    """Seconds of the naive way for all units, and how they were found."""
    sample = night.files[:SAMPLE]
    written = naive.read_and_write(night.engine, sample) / len(sample) * len(night.units)
    judged = naive.judge(night.engine, load_catalogue())
    return written + judged + night.full_build, (
        f"The naive way, once: reading and writing {len(sample)} workbooks in turn gives {written:.1f} s for"
        f" {len(night.units)}; Great Expectations with its defaults takes {judged:.1f} s for the tables that the night"
        f" has judged, all of them, its import not counted; dbt built all marts in {night.full_build:.1f} s when the"
        " warehouse held one month (after the night it would have to build two)."
    )


def _section(scale: Scale, night: Night, seconds: Seconds, note: str) -> Section:
    rows = sum(unit.projects for unit in night.units)
    is_nation = scale is NATION
    # What the night is to reach it is to reach for the nation; below, start-up is most of it.
    goals = [Goal(OURS, LIMITS, at_most=3), Goal(OURS, NAIVE, times_faster=15)]
    memory = {kind: max(report["memory"][kind] for report in night.reports) / GB for kind in night.reports[0]["memory"]}
    return Section(
        name="night",
        title="A night",
        workload=(
            f"{len(night.units)} workbooks with {rows} projects and all other sheets, 2% of them faulty, from the inbox"
            f" to the publication, in a warehouse with {MONTHS_BEFORE} month published before; {PROCESSES} processes"
            f" read and give feedback, as under Airflow."
        ),
        seconds=seconds,
        goals=goals if is_nation else [],
        limits=[Limit(f"memory of a process: {kind}", taken, 2, "GB") for kind, taken in memory.items()],
        facts=_facts(night)
        | {
            f"the night against: {goal.peer}": f"{goal.ratio(seconds):.1f} times {kind}"
            for goal, kind in zip(goals, ("as long", "faster"), strict=True)
        },
        notes=[
            "The limits: python-calamine alone unpacks the same files in as many processes; COPY takes the month's rows"
            " into empty tables with the same keys and checks; one scan of each judged table counts every check's"
            " failing rows; plain SQL replaces the month in all marts, on a copy of the warehouse before the night."
            " Nothing stands for landing, evidence, feedback, and what each process of the night imports.",
            note,
            *([f"One night only, {median(seconds[OURS]):.0f} s: five would take hours."] if is_nation else []),
            "Quality reports, which are written after readers see the publication, are not part of it.",
        ],
    )


def _facts(night: Night) -> dict[str, str]:
    """What the last night did, and how long its steps took."""
    last = night.reports[-1]
    names = ("read", "accepted", "quarantined")
    return {
        "submissions": ", ".join(f"{last[name]} {name}" for name in names),
        "feedback workbooks": str(last["feedback"]),
        "seconds of the steps": ", ".join(f"{step} {taken:.1f}" for step, taken in last["seconds"].items()),
        "seconds of judging": ", ".join(f"{step} {taken:.1f}" for step, taken in last["gate"].items()),
    }

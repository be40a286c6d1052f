"""Scaling out: the same chunks of workbooks ingested by 1, 2 (and 4) processes, and by 1 and 2 Celery workers."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

import psutil
from sqlalchemy import Engine, text

from benchmarks.measure import Goal, Section, Way, in_turn
from benchmarks.nights import books, empty_warehouse, renew, running_airflow, variables
from benchmarks.redis_server import PROGRAM, is_installed, redis_server
from benchmarks.scales import SHORT, Scale
from demo.night import INGEST, PUBLISH
from taizhang.ingest import discover, ingest_chunk
from taizhang.server import components, processes
from taizhang.server.airflow_client import AirflowClient, connect
from taizhang.server.airflow_config import airflow_environment
from taizhang.server.components import Component
from taizhang.settings import settings
from taizhang.warehouse.connection import engine as own_engine

KEPT = 0.8
MOST_BOOKS = 240
COUNTS = (1, 2, 4)
SECOND_WORKER = Component("worker-2", ("celery", "worker", "--skip-serve-logs", "--celery-hostname", "second@%h"))
WORKER_SECONDS = 120
LOADED = text(
    """
    select 'submission ' || state as what, count(*) as how_many from ops.submission group by state
    union all
    select 'projects', count(*) from raw.project_progress
    """
)
Loaded = dict[str, int]


def measure(scale: Scale, rounds: int) -> Section:
    """Measure processes and workers; no workers at the shortest scale, for starting them takes longer than that."""
    count, projects = min(scale.units, MOST_BOOKS), sum(scale.projects) // 2
    section = Section(
        "scale_out",
        "Ingesting with more processes",
        f"{count} workbooks of {projects} projects and all sheets, in the chunks that `discover` makes of them.",
    )
    with empty_warehouse() as engine:
        files = books(count, projects, settings().home / "workload" / "scale_out")
        _processes(section, engine, files, rounds)
        if scale is SHORT:
            section.notes.append("No Celery workers at this scale: starting Airflow takes longer than all the rest.")
        elif not is_installed() or find_spec("celery") is None:
            section.notes.append(f"Celery workers were not measured: there is no {PROGRAM} or no Celery here.")
        else:
            _workers(section, engine, files, rounds)
    return section


def _loaded(engine: Engine) -> Loaded:
    with engine.connect() as connection:
        return {row.what: row.how_many for row in connection.execute(LOADED)}


@dataclass
class Readers:
    """So many processes that wait, with everything imported, for chunks; each run is told in CPU seconds."""

    count: int
    engine: Engine
    files: list[Path]
    server_seconds: list[float] = field(default_factory=list)
    reader_seconds: list[float] = field(default_factory=list)
    chunks: list[list[str]] = field(default_factory=list)
    pool: Pool | None = None

    def prepare(self) -> None:
        """Empty the warehouse, start the processes, and wait until all are ready."""
        renew(self.files)
        self.chunks = discover(self.engine)
        context = multiprocessing.get_context("spawn")
        barrier = context.Barrier(self.count + 1)
        self.pool = context.Pool(self.count, _get_ready, (barrier,))
        barrier.wait()

    def run(self) -> Loaded:
        """Ingest all chunks, whichever process is free the next one."""
        if self.pool is None:
            raise RuntimeError("not prepared")
        before = server_cpu_seconds(self.engine)
        self.reader_seconds.append(sum(self.pool.imap_unordered(_ingest, self.chunks)))
        self.server_seconds.append(server_cpu_seconds(self.engine) - before)
        self.pool.close()
        self.pool.join()
        return _loaded(self.engine)

    def told(self) -> str:
        """The share of the server in the CPU seconds of a run."""
        server, readers = median(self.server_seconds), median(self.reader_seconds)
        return (
            f"{readers:.1f} CPU seconds of readers, {server:.1f} of PostgreSQL ({server / (server + readers):.0%}),"
            f" on {os.cpu_count()} processors"
        )


def _get_ready(barrier: Barrier) -> None:
    """Connect, and have read once all that reading needs, as a worker that has been at it for a while."""
    from taizhang.reading import workbook  # noqa: F401

    with own_engine().connect():
        barrier.wait()


def _ingest(chunk: list[str]) -> float:
    """Ingest a chunk; returns the CPU seconds that it took this process."""
    begin = time.process_time()
    ingest_chunk(own_engine(), chunk)
    return time.process_time() - begin


def server_cpu_seconds(engine: Engine) -> float:
    """CPU seconds that all processes of the server have used until now, those that have ended included."""
    with engine.connect() as connection:
        backend = psutil.Process(connection.scalar(text("select pg_backend_pid()")))
        postmaster = backend.parent()
        if postmaster is None:
            raise RuntimeError("the server does not run on this machine")
        own = postmaster.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
        for child in postmaster.children():
            times = child.cpu_times()
            total += times.user + times.system
        return total


def _processes(section: Section, engine: Engine, files: list[Path], rounds: int) -> None:
    what = "reader process"
    counts = [count for count in COUNTS if count <= max(2, os.cpu_count() or 1)]
    readers = {f"{count} {what}{'es' if count > 1 else ''}": Readers(count, engine, files) for count in counts}
    section.seconds |= in_turn([Way(name, one.run, one.prepare) for name, one in readers.items()], rounds)
    first, *others = readers
    section.goals += [Goal(name, first, times_faster=KEPT * readers[name].count) for name in others]
    section.facts |= {name: one.told() for name, one in readers.items()}


def _workers(section: Section, engine: Engine, files: list[Path], rounds: int) -> None:
    """Let the DAG ingest the files with one and with two workers in turn; counted is the time of its mapped tasks."""
    ways = {"1 Celery worker": 1, "2 Celery workers": 2}
    with redis_server(settings().home / "redis") as url:
        celery = {"TAIZHANG_EXECUTOR": "CeleryExecutor", "TAIZHANG_BROKER_URL": url, "TAIZHANG_PARALLELISM": "1"}
        with variables(**celery), running_airflow():
            loaded: list[Loaded] = []
            for number in range(rounds + 1):
                for way, count in ways.items():
                    renew(files)
                    with _second_worker(url, count):
                        seconds = _ingest_seconds()
                    loaded.append(_loaded(engine))
                    if loaded[-1] != loaded[0]:
                        raise RuntimeError(f"{way} has loaded {loaded[-1]}, not {loaded[0]}")
                    if number > 0:
                        section.seconds.setdefault(way, []).append(seconds)
    first, second = ways
    section.goals.append(Goal(second, first, times_faster=KEPT * 2))


@contextmanager
def _second_worker(url: str, count: int) -> Iterator[None]:
    """Wait until so many workers answer; the second one is started here and ends with the context."""
    if count > 1:
        SECOND_WORKER.start(airflow_environment())
    try:
        if not processes.wait_until(partial(_answer, url, count), WORKER_SECONDS):
            raise RuntimeError(f"there are not {count} workers after {WORKER_SECONDS} s")
        yield
    finally:
        components.end([SECOND_WORKER])


def _answer(url: str, count: int) -> bool:
    from celery import Celery

    with Celery(broker=url) as app:
        return len(app.control.ping(timeout=1)) == count


def _ingest_seconds() -> float:
    """Run the DAG once; seconds from the start of its first task that ingests to the end of the last one."""
    with connect() as client:
        _only_ingest(client)
        run = client.wait(client.trigger(INGEST), seconds=1800)
    if run.state != "success":
        raise RuntimeError(f"{run.dag_id} ended as {run.state}: {run.summary()}")
    tasks = [task for task in run.tasks if task.task_id == "ingest_chunk"]
    started = min(task.started for task in tasks if task.started)
    return (max(task.ended for task in tasks if task.ended) - started).total_seconds()


def _only_ingest(client: AirflowClient) -> None:
    """Nothing is published: that would go on when the next round begins."""
    client.unpause(INGEST)
    client.unpause(PUBLISH)
    client.pause(PUBLISH)

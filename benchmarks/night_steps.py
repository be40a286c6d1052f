"""`python -m benchmarks.night_steps`: one night from the inbox to the publication, and what it took, as one JSON line.

A process of its own, so that its memory is the program's alone. As under Airflow two processes read, and two give
feedback. Its standard input names the database and the copy of the dbt project that has the units.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from benchmarks.workload.units import use_project
from taizhang.feedback import delivery
from taizhang.ingest import discover, ingest_chunk
from taizhang.publication import publish
from taizhang.quality.gate import judge_batch

PROCESSES = 2
KIB = 1024
# What a chunk gave, and the bytes that its process has taken at most.
Done = tuple[int, int]


def main() -> None:
    """Run the night that standard input describes."""
    job = json.load(sys.stdin)
    use_project(Path(job["project"]))
    print(json.dumps(run(job["url"], Path(job["project"]))))


def run(url: str, project: Path) -> dict[str, Any]:
    """One night; returns seconds of each step, bytes of each kind of process, and what became of the files."""
    seconds: dict[str, float] = {}
    engine = create_engine(url, poolclass=NullPool)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=use_project, initargs=(project,)) as pool:
        with _timed(seconds, "discover"):
            chunks = discover(engine)
        with _timed(seconds, "ingest"):
            ingested = _map(pool, _ingest, url, chunks)
        with _timed(seconds, "judge"):
            judged = judge_batch(engine)
        with _timed(seconds, "feedback"):
            given = _map(pool, _give_feedback, url, delivery.pending_chunks(engine))
    with _timed(seconds, "publish"):
        published = publish(engine)
    if published is None:
        raise RuntimeError("nothing was published")
    return {
        "seconds": seconds,
        "memory": {
            "reading": max(taken for _, taken in ingested),
            "judging, publishing": _memory(),
            "feedback": max((taken for _, taken in given), default=0),
        },
        "read": sum(count for count, _ in ingested),
        "accepted": len(judged.accepted),
        "quarantined": len(judged.quarantined),
        "feedback": sum(count for count, _ in given),
        "gate": judged.seconds,
        "publication": published.publication_id,
    }


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - begin


def _map(
    pool: Executor, work: Callable[[str, Sequence[Any]], Done], url: str, chunks: Sequence[Sequence[Any]]
) -> list[Done]:
    return list(pool.map(work, [url] * len(chunks), chunks))


def _ingest(url: str, chunk: Sequence[str]) -> Done:
    return ingest_chunk(_engine(url), chunk).read, _memory()


def _give_feedback(url: str, chunk: Sequence[delivery.Occasion]) -> Done:
    report = delivery.deliver(_engine(url), chunk)
    report.require_all()
    return len(report.files), _memory()


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def _memory() -> int:
    """The most bytes that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB


if __name__ == "__main__":
    main()

"""Work in all processors at once; each process is started anew, so that it depends on nothing but its arguments."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from benchmarks.workload.units import use_project
from taizhang.publication import marts_build

Job = TypeVar("Job")
Result = TypeVar("Result")

# Starting a process takes longer than so few pieces of work.
FEW = 8


def spread(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int | None = None) -> list[Result]:
    """Do all jobs in so many processes (as many as there are processors), with this process's register of units."""
    count = processes or os.cpu_count() or 1
    if count == 1 or (processes is None and len(jobs) <= FEW):
        return [work(job) for job in jobs]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=use_project, initargs=(marts_build.DBT_PROJECT,)) as pool:
        return list(pool.map(work, jobs, chunksize=1))

"""The process that runs a night and may be killed: forked from one that has imported everything already.

Great Expectations is left out, its counts are our own; of the reports only the nation's are written, without charts.
"""

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from taizhang import ingest, night
from taizhang.publication.marts_build import parsed_project
from taizhang.quality.catalogue import load_catalogue
from taizhang.report import quality, rendering
from taizhang.settings import settings
from taizhang.warehouse.connection import engine as warehouse_engine
from tests.faults import mishaps
from tests.faults.commit_points import CommitPoints, Place
from tests.sql_gate import skip_great_expectations

WARM = "TAIZHANG_FAULTS_WARM"
JOURNAL, ERROR = "commit_points.txt", "error.txt"


@dataclass(frozen=True)
class Job:
    """A night to run: where, and what is to befall it."""

    home: Path
    url: str
    kill_at: Place | None = None
    mishap: str | None = None
    step: str = "night"


def _night(engine: Engine) -> None:
    report = night.run_night(engine)
    report.feedback.require_all()


def _take(engine: Engine) -> None:
    for chunk in ingest.discover(engine):
        ingest.ingest_chunk(engine, chunk)


STEPS: dict[str, Callable[[Engine], None]] = {"night": _night, "take": _take}


def start(job: Job) -> ForkServerProcess:
    """Run the job in a process of its own, which leads a session of its own."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_work, args=(job,))
    process.start()
    return process


def _work(job: Job) -> None:
    os.setsid()
    os.environ["TAIZHANG_HOME"] = str(job.home)
    os.environ["TAIZHANG_DATABASE_URL"] = job.url
    settings.cache_clear()
    patch = pytest.MonkeyPatch()
    _cheapen(patch)
    CommitPoints(job.home / JOURNAL, job.kill_at).watch(patch)
    if job.mishap:
        mishaps.MISHAPS[job.mishap](patch, job.home)
    try:
        STEPS[job.step](warehouse_engine())
    except Exception:
        (job.home / ERROR).write_text(traceback.format_exc())
        os._exit(1)
    os._exit(0)


def _cheapen(patch: pytest.MonkeyPatch) -> None:
    """Leave out what takes seconds and makes nothing last."""
    skip_great_expectations(patch)
    regions_of = quality.regions_of
    patch.setattr(quality, "regions_of", lambda *asked: [entry for entry in regions_of(*asked) if entry[0] == "100000"])
    patch.setattr(quality, "pdf_of", lambda *_: b"%PDF-1.7 left out")
    patch.setattr(quality, "charts_of", lambda _: {"filing": "", "quality": ""})
    rendering.environment()


if os.environ.get(WARM):
    # In the server that forks: what every night would otherwise do first.
    load_catalogue()
    parsed_project(create_engine(os.environ[WARM]))

"""The warehouse and the home that every case begins with: the first night is done, the files of the second have come.

Made once for all test processes of a run, together with what the second night leaves behind when nothing befalls it.
"""

import multiprocessing.forkserver
import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Self

import psutil
import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from taizhang.settings import settings
from taizhang.warehouse.connection import DRIVER, address
from tests.conftest import built_template, copy_of, database_from, once
from tests.faults import small_nights
from tests.faults.commit_points import read_journal
from tests.faults.night_process import ERROR, JOURNAL, WARM, Job, start
from tests.faults.reader import Reader, Seen
from tests.faults.whole import (
    Contents,
    assert_answered,
    assert_done,
    assert_reported,
    assert_whole,
    contents,
    differences,
    marts_of,
)

TEMPLATE = "template_faults"
SECONDS = 900


@dataclass(frozen=True)
class Scene:
    """Where each case begins (`template`, `home`), what comes then (`second`), and what is seen before and after it.

    `points` are the labels of the second night's commit points, `answers` and `reports` how many of them it leaves.
    """

    template: str
    home: Path
    second: Path
    before: Seen
    after: Seen
    expected: Contents
    first_marts: dict[str, list[str]]
    answers: int
    reports: int
    points: list[str]


@dataclass(frozen=True)
class Case:
    """One warehouse with its home, in which the files of the second night wait."""

    scene: Scene
    engine: Engine
    home: Path

    @property
    def job(self) -> Job:
        """A night here, which nothing befalls."""
        return Job(self.home, address(self.engine.url))

    def at(self, engine: Engine) -> Self:
        """The same in a warehouse on another server."""
        return replace(self, engine=engine)

    def run(self, job: Job | None = None, seconds: float | None = None) -> int:
        """Run a job until it ends, or is killed after so many seconds; returns its exit code, -9 when it was killed."""
        process = start(job or self.job)
        process.join(seconds)
        if process.is_alive() and seconds is not None:
            process.kill()
        return _ended(process)

    def run_until(self, count: int, mishap: Callable[[], None], job: Job | None = None) -> int:
        """Run a job, let a mishap happen once it has passed so many commit points; returns its exit code."""
        (self.home / JOURNAL).unlink(missing_ok=True)
        process = start(job or self.job)
        while process.is_alive() and len(read_journal(self.home / JOURNAL)) < count:
            time.sleep(0.002)
        mishap()
        return _ended(process)

    def error(self) -> str:
        """What the last night that failed ended with."""
        return (self.home / ERROR).read_text()

    def assert_whole(self) -> None:
        """Right after whatever befell it: nothing is half there, and the first publication is as it was."""
        with self.settled():
            assert_whole(self.engine, self.scene.expected)
        assert differences(marts_of(self.engine, 1), self.scene.first_marts) == {}

    def complete(self) -> None:
        """Let the next night run, and find what would be there if nothing had happened."""
        code = self.run()
        assert code == 0, self.error()
        self.assert_done()

    def assert_done(self) -> None:
        """The second night is done, as if nothing had happened."""
        with self.settled():
            assert_done(self.engine, self.home / "inbox", self.scene.expected)
            assert_answered(self.engine, self.home / "outbox", self.scene.answers)
            assert_reported(self.engine, self.home / "reports", self.scene.reports)
        assert differences(marts_of(self.engine, 1), self.scene.first_marts) == {}

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Let the settings of this process point to the case."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TAIZHANG_HOME", str(self.home))
            patch.setenv("TAIZHANG_DATABASE_URL", address(self.engine.url))
            settings.cache_clear()
            yield
        settings.cache_clear()

    @contextmanager
    def watched(self) -> Iterator[Reader]:
        """Let somebody read all the time, who must see the publication before, then the one after, and nothing else."""
        with Reader(address(self.engine.url)) as reader:
            yield reader
        reader.assert_only_whole_publications(self.scene.before, self.scene.after)


def _ended(process: ForkServerProcess) -> int:
    """Wait until a night has ended, and all that it started with it; returns its exit code."""
    process.join(SECONDS)
    assert process.exitcode is not None, "the night does not end"
    deadline = time.monotonic() + SECONDS
    while left := _of_session(process.pid or 0):
        assert time.monotonic() < deadline, f"processes of the night are left: {left}"
        time.sleep(0.05)
    return process.exitcode


def _of_session(leader: int) -> list[psutil.Process]:
    """The processes of a session that still run."""
    found = []
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError):
            if os.getsid(process.pid) == leader and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def open_scene(server_url: str) -> Scene:
    """Return the scene of this run, made by whoever asks first; gets the server ready that nights are forked from."""
    folder = Path(os.environ["TAIZHANG_TEST_SHARED"]) / "faults"
    built = make_url(server_url).set(drivername=DRIVER, database=built_template(server_url))
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_HOME", str(folder / "warm"))
        # The server that forks looks for what it imports where this process does.
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        patch.setenv(WARM, address(built).replace("postgresql", DRIVER, 1))
        multiprocessing.get_context("forkserver").set_forkserver_preload(["tests.faults.night_process"])
        multiprocessing.forkserver.ensure_running()
    return pickle.loads(Path(once("faults", lambda: _make(server_url, folder))).read_bytes())


def _make(server_url: str, folder: Path) -> str:
    home = folder / "home"
    second = folder / "second"
    small_nights.put_first(home / "inbox")
    small_nights.put_second(second)
    with database_from(server_url, TEMPLATE, built_template(server_url)) as engine:
        _undisturbed(Job(home, address(engine.url)))
        before = _seen(engine)
        first_marts = marts_of(engine, 1)
    empty = Scene(TEMPLATE, home, second, before, before, Contents({}, {}), first_marts, 0, 0, [])
    with open_case(server_url, empty, folder / "reference") as case:
        _undisturbed(case.job)
        with case.engine.connect() as connection:
            answers = connection.exec_driver_sql("select count(*) from audit.feedback").scalar_one()
        scene = replace(
            empty,
            after=_seen(case.engine),
            expected=contents(case.engine),
            answers=answers,
            reports=len(list((case.home / "reports").glob("*/*/第2期_*.html"))),
            points=read_journal(case.home / JOURNAL),
        )
        Case(scene, case.engine, case.home).assert_done()
    assert scene.reports > 0
    assert scene.after.figures != scene.before.figures
    (folder / "scene.pickle").write_bytes(pickle.dumps(scene))
    return str(folder / "scene.pickle")


def _undisturbed(job: Job) -> None:
    process = start(job)
    process.join(SECONDS)
    assert process.exitcode == 0, (job.home / ERROR).read_text()
    (job.home / ERROR).unlink(missing_ok=True)


def _seen(engine: Engine) -> Seen:
    with Reader(address(engine.url)) as reader:
        while not reader.polls:
            pass
    (seen,) = reader.seen
    return seen


@contextmanager
def open_case(server_url: str, scene: Scene, home: Path) -> Iterator[Case]:
    """A copy of the scene, gone at the end."""
    shutil.copytree(scene.home, home)
    (home / JOURNAL).unlink()
    shutil.copytree(scene.second, home / "inbox", dirs_exist_ok=True)
    template = create_engine(make_url(server_url).set(drivername=DRIVER, database=scene.template), poolclass=NullPool)
    with copy_of(template) as engine:
        yield Case(scene, engine, home)
    shutil.rmtree(home)

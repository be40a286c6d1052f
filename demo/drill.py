"""`make drill`: back a small loaded warehouse up, restore it into an empty place, prove that it is the same.

Works in a temporary folder with servers of its own; the data in `var/` are not touched.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from taizhang.errors import TaizhangError
from taizhang.settings import settings

SLICE = "*2024年3月*"
FILES = 8


class DrillError(TaizhangError):
    """The drill cannot be held here; the message says why."""


@dataclass
class Drill:
    """The outcome of a drill: what was compared and did not agree, and how many seconds each step took."""

    disagreements: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note how long the block takes."""
        begin = time.perf_counter()
        yield
        self.seconds[step] = time.perf_counter() - begin


def drill(source: Engine, root: Path, elsewhere: Callable[[], Engine]) -> Drill:
    """Back `source` up below `root`, restore it into the empty place that `elsewhere` leads to, verify and compare.

    `elsewhere` points the settings to that place and returns its engine, which nothing has used yet.
    """
    from taizhang.evidence.verify import verify
    from taizhang.keeping.backup import backup
    from taizhang.keeping.restore import restore

    outcome = Drill()
    before = facts(source)
    with outcome.timed("backup"):
        backup(source, root)
    target = elsewhere()
    with outcome.timed("restore"):
        restore(root)
    with outcome.timed("verify"):
        found = verify(target)
    outcome.disagreements += [f"{problem.subject}: {problem.message_en}" for problem in found.problems]
    after = facts(target)
    outcome.disagreements += [
        f"{name}: {before.get(name)} before, {after.get(name)} after"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    if not (found.files and found.gate_runs and found.publications):
        outcome.disagreements.append("there was nothing to verify: the drill proves nothing")
    return outcome


def facts(engine: Engine) -> dict[str, object]:
    """Rows of every table, and certificate and figures of every publication."""
    from taizhang.keeping.backup import row_counts, snapshot
    from taizhang.publication import publications
    from taizhang.publication.published_totals import published_totals

    with snapshot(engine) as (connection, _):
        numbers = [row["publication_id"] for row in publications(engine)]
        totals: dict[str, object] = {
            f"figures of publication {number}": published_totals(connection, number) for number in numbers
        }
        return {**row_counts(connection), **totals, "publications": publications(engine)}


def main() -> int:
    """Run the drill on servers of its own; 0 when all came out as it was."""
    with tempfile.TemporaryDirectory(prefix="taizhang-drill-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        with _home(folder / "first") as source:
            _load(source, folder)
            outcome = _restore_apart(source, folder)
    for step, seconds in outcome.seconds.items():
        print(f"{step:8} {seconds:6.1f} s")
    for line in outcome.disagreements:
        print(f"differs: {line}")
    print("The drill failed" if outcome.disagreements else "Restored: verified, every publication and row as it was")
    return 1 if outcome.disagreements else 0


def _load(source: Engine, folder: Path) -> None:
    """Take two nights of a few units of the demonstration through the warehouse."""
    from demo.submissions import generate
    from taizhang.night import run_night
    from taizhang.sources import inbox

    files = [file.path for file in generate(folder / "files", 1) if file.path.match(SLICE)]
    for part in (files[:FILES], files[FILES : 2 * FILES]):
        inbox.submit(part, keep_times=True)
        report = run_night(source)
        print(f"publication {report.publication_id}: {report.accepted} accepted, {report.quarantined} held back")


def _restore_apart(source: Engine, folder: Path) -> Drill:
    with _home(folder / "second", start=False):
        second = os.environ["TAIZHANG_HOME"]
        _point_to(folder / "first")

        def elsewhere() -> Engine:
            _point_to(Path(second))
            return _engine()

        return drill(source, folder / "backups", elsewhere)


@contextmanager
def _home(home: Path, *, start: bool = True) -> Iterator[Engine]:
    """Point the settings to an empty home with the embedded server, which ends with the block."""
    from taizhang.server import embedded
    from taizhang.warehouse.migrate import upgrade

    before = {name: os.environ.get(name) for name in ("TAIZHANG_HOME", "TAIZHANG_DATABASE_URL")}
    _point_to(home)
    try:
        if start:
            upgrade()
        yield _engine()
    finally:
        _point_to(home)
        embedded.stop()
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        settings.cache_clear()


def _point_to(home: Path) -> None:
    os.environ["TAIZHANG_HOME"] = str(home)
    os.environ.pop("TAIZHANG_DATABASE_URL", None)
    settings.cache_clear()
    if settings().database_url is not None:
        raise DrillError("TAIZHANG_DATABASE_URL stands in .env: the drill must not touch that database")


def _engine() -> Engine:
    from taizhang.warehouse.connection import engine

    return engine()


if __name__ == "__main__":
    sys.exit(main())

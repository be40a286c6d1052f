"""Where a night makes something last: each commit of a transaction, each file that is put in its place by renaming.

They are counted as a process passes them, and at one of them, before or after it, the process kills itself.
"""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy.engine.default import DefaultDialect

SIDES = ("before", "after")
STAGES = {
    "landing": "landing",
    "ingest": "raw",
    "warehouse/partitions": "raw",
    "quality": "gate",
    "evidence": "gate",
    "feedback": "feedback",
    "publication/lifecycle._open": "opening",
    "publication/lifecycle._flip": "flip",
    "publication": "building",
    "access": "building",
    "dbt": "building",
    "report": "reports",
}
_PACKAGE = f"{os.sep}plugins{os.sep}taizhang{os.sep}"


def stage_of(label: str) -> str:
    """Which part of the night a commit point belongs to; KeyError for one that nobody has thought of."""
    return next(stage for beginning, stage in STAGES.items() if label.startswith(beginning))


class Place(NamedTuple):
    """Before or after the so many-th commit of a label."""

    label: str
    time: int
    side: str


def places(labels: list[str]) -> list[Place]:
    """Every place at which a process that passes these commit points can be killed, in order."""
    times: Counter[str] = Counter()
    found = []
    for label in labels:
        times[label] += 1
        found += [Place(label, times[label], side) for side in SIDES]
    return found


class CommitPoints:
    """Counts the commit points of this process, writes each into a journal, and kills the process at the wanted one."""

    def __init__(self, journal: Path, kill_at: Place | None) -> None:
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._kill_at = kill_at
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Look at every commit from now on: SQLAlchemy's, dbt's, and files that are renamed into their place."""
        from dbt.adapters.sql.connections import SQLConnectionManager

        self._wrap(patch, DefaultDialect, "do_commit", _caller)
        self._wrap(patch, SQLConnectionManager, "add_commit_query", _dbt_node)
        for name in ("rename", "replace"):
            self._wrap(patch, Path, name, _caller)

    def _wrap(self, patch: pytest.MonkeyPatch, owner: type, name: str, label: Callable[..., str | None]) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def counted(itself: Any, *arguments: Any, **named: Any) -> Any:
            where = label(itself)
            if where is None:
                return original(itself, *arguments, **named)
            time = self._pass(where)
            self._die_at(Place(where, time, "before"))
            result = original(itself, *arguments, **named)
            self._die_at(Place(where, time, "after"))
            return result

        patch.setattr(owner, name, counted)

    def _pass(self, where: str) -> int:
        with self._lock:
            self._times[where] += 1
            os.write(self._journal, f"{where}\n".encode())
            return self._times[where]

    def _die_at(self, place: Place) -> None:
        if self._kill_at == place:
            os.kill(os.getpid(), signal.SIGKILL)


def read_journal(journal: Path) -> list[str]:
    """The labels of the commit points that a process has passed, in order."""
    return journal.read_text().splitlines() if journal.exists() else []


def _caller(_: object) -> str | None:
    """The function of the package that commits, as `publication/lifecycle._flip`; None when it is none of ours."""
    frame = sys._getframe(2)
    while frame is not None:
        _, found, module = frame.f_code.co_filename.partition(_PACKAGE)
        if found and not module.startswith("warehouse/connection"):
            return f"{module.removesuffix('.py')}.{frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _dbt_node(manager: Any) -> str:
    return f"dbt {manager.get_thread_connection().name}"

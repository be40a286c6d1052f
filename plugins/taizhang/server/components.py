"""Airflow's long-running processes: each a session of its own, with a pid file that outlives this program."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from taizhang.errors import TaizhangError
from taizhang.server import processes
from taizhang.server.airflow_config import airflow_home, logs_dir
from taizhang.server.processes import Process
from taizhang.settings import settings

_TERM_SECONDS = 5
_KILL_SECONDS = 10


class ComponentError(TaizhangError):
    """A component of Airflow has died or cannot be ended; the message says which and shows its log."""


@dataclass(frozen=True)
class Component:
    """One of Airflow's processes: its name and the arguments after `airflow`."""

    name: str
    arguments: tuple[str, ...]

    @property
    def log_file(self) -> Path:
        """What the process prints goes here."""
        return logs_dir() / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        """Id and start time of the process that was started last."""
        return airflow_home() / "run" / f"{self.name}.json"

    def start(self, environment: dict[str, str]) -> None:
        """Start the process unless it runs already; what a dead one left behind is ended before."""
        if self.leader() is not None:
            return
        for orphan in self.members():
            processes.send(orphan, signal.SIGKILL)
        for path in (self.pid_file, self.log_file):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("a") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "airflow", *self.arguments],
                env=environment,
                cwd=airflow_home(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._remember(started.pid)

    def leader(self) -> Process | None:
        """The process itself, if it lives."""
        known = self._remembered()
        return known if known is not None and processes.is_alive(known) else None

    def started_at(self) -> datetime:
        """When the process was started; the pid file is written at that moment."""
        return datetime.fromtimestamp(self.pid_file.stat().st_mtime, UTC)

    def members(self) -> list[Process]:
        """The process and all that it started, also when it has died before them.

        All of them stay in its session, and no other process can become the leader of that session meanwhile.
        """
        known = self._remembered()
        if known is None or processes.find(known.pid) not in (None, known):
            return []
        return [one for one in processes.in_session(known.pid) if one.start_ticks >= known.start_ticks]

    def log_end(self, lines: int = 15) -> str:
        """The last lines of the log file."""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    def _remember(self, pid: int) -> None:
        process = processes.find(pid)
        if process is None:
            raise ComponentError(f"airflow {self.name} ended at once:\n{self.log_end()}")
        content = {"pid": pid, "start_ticks": process.start_ticks, "boot_id": processes.boot_id()}
        self.pid_file.write_text(json.dumps(content) + "\n")

    def _remembered(self) -> Process | None:
        """The process that was started last; None when there was none since the machine was started."""
        if not self.pid_file.exists():
            return None
        content = json.loads(self.pid_file.read_text())
        return Process(content["pid"], content["start_ticks"]) if content["boot_id"] == processes.boot_id() else None


# The port of a log server is not needed: tasks write their logs where the web server reads them.
COMPONENTS = (
    Component("api-server", ("api-server",)),
    Component("scheduler", ("scheduler", "--skip-serve-logs")),
    Component("dag-processor", ("dag-processor",)),
    Component("triggerer", ("triggerer", "--skip-serve-logs")),
)
# Runs the tasks where Celery does.
WORKER = Component("worker", ("celery", "worker", "--skip-serve-logs"))


def wanted() -> tuple[Component, ...]:
    """The components that the settings ask for."""
    return (*COMPONENTS, WORKER) if settings().executor == "CeleryExecutor" else COMPONENTS


def end_all() -> int:
    """End all components and whatever they started; returns the number of processes that were running."""
    return end((*COMPONENTS, WORKER))


def end(components: Sequence[Component]) -> int:
    """End these components and whatever they started; returns the number of processes that were running.

    Workers of the LocalExecutor ignore the polite signal. Raises ComponentError when a process survives all of it.
    """
    found = _members(components)
    for component in components:
        if (leader := component.leader()) is not None:
            processes.send(leader, signal.SIGTERM)
    processes.wait_until(lambda: not any(component.leader() for component in components), _TERM_SECONDS)
    for process in _members(components):
        processes.send(process, signal.SIGKILL)
    if not processes.wait_until(lambda: not _members(components), _KILL_SECONDS):
        raise ComponentError(f"processes of Airflow do not end: {[process.pid for process in _members(components)]}")
    for component in components:
        component.pid_file.unlink(missing_ok=True)
    return len(found)


def _members(components: Sequence[Component]) -> list[Process]:
    return [process for component in components for process in component.members()]

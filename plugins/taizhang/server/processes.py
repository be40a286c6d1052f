"""Processes of this machine, as Linux shows them below /proc.

A process is known by its id and its start time together: ids are used again, pairs are not.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Process:
    """One running process: its id and its start time in clock ticks since boot."""

    pid: int
    start_ticks: int


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty when there is no such process."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def find(pid: int) -> Process | None:
    """Return the process that has this id now, or None when there is none or only a zombie of it."""
    fields = _stat(pid)
    if not fields or fields[0] in "ZX":
        return None
    return Process(pid, int(fields[19]))


def is_alive(process: Process) -> bool:
    """Tell whether exactly this process still runs."""
    return find(process.pid) == process


def command_line(pid: int) -> str:
    """Return the command line of a process, its parts joined by blanks; empty when it has gone."""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def in_session(leader_pid: int) -> list[Process]:
    """Return the processes of a session; the session keeps its leader's id reserved as long as it has members."""
    return list(running(lambda pid: _stat(pid)[3:4] == [str(leader_pid)]))


def boot_id() -> str:
    """Return what tells this run of the machine from the one before; start times count from here."""
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def running(matches: Callable[[int], bool]) -> Iterator[Process]:
    """Yield every process, except this one, whose id satisfies `matches`."""
    for entry in _PROC.iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        process = find(int(entry.name))
        if process is not None and matches(process.pid):
            yield process


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds; False when it did not within that many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def send(process: Process, number: signal.Signals) -> None:
    """Send a signal to exactly this process; nothing happens when it has gone."""
    if is_alive(process):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return

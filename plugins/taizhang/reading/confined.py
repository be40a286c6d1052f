"""Reading a file in a process of its own with limits of time and memory: whatever a file does to it, others go on.

The process is started by the first file and reads one after the other; one that has died is replaced. It inherits
neither secrets nor open files, and what it answers is data, never code.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from taizhang import codelists
from taizhang.errors import TaizhangError
from taizhang.reading.messages import refusal
from taizhang.reading.result import Explanation, IssueKind, ReadingIssue, Refusal
from taizhang.settings import PREFIX, PROJECT_ROOT, settings
from taizhang.warehouse.formatted import FormattedReading

START_SECONDS = 60
# On a machine that has more to do than it can, a file may take this many times its processor time.
PATIENCE = 4
GRACE_SECONDS = 2
TAKEN_ALONG = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
# An address space with few arenas and one thread of numpy's library is mostly memory that is used.
FRUGAL = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
_CHUNK = 1 << 16


class WorkerStartError(TaizhangError):
    """The process that reads files cannot be started; no file is to blame."""


class ReaderFailedError(Exception):
    """The reader itself failed on a file; `kind` names the exception, `details` has its traceback."""

    def __init__(self, kind: str, details: str) -> None:
        super().__init__(f"{kind} while reading")
        self.kind = kind
        self.details = details


class _DiedError(Exception):
    """The process has ended instead of answering."""


def read_workbook(path: Path, file_name: str | None = None) -> FormattedReading:
    """Read a workbook in the process for it; `file_name` is the name under which it was sent.

    Raises:
        Refusal: The file may not be read, does not tell whose it is, takes too much time or memory, or has brought
            the process down twice.
        ReaderFailedError: The reader failed on this file, by a fault of the program.
        WorkerStartError: No process can be started.
    """
    for is_last in (False, True):
        worker = _worker()
        try:
            return _taken(*worker.ask(path, file_name or path.name))
        except _DiedError as error:
            ended = worker.close()
            if ended in (signal.SIGXCPU, signal.SIGALRM) or worker.overdue:
                raise refusal("reading_too_slow", limit=settings().reading_seconds) from None
            # Rust and the C library end a process that gets no memory.
            if ended == signal.SIGABRT:
                raise refusal("reading_too_large", limit=settings().reading_memory_bytes) from None
            if is_last:
                raise refusal("reader_died", what=_named(ended)) from error
    raise AssertionError("the last attempt ends")


def _named(ended: int | None) -> str:
    with contextlib.suppress(ValueError, TypeError):
        return signal.Signals(ended or 0).name
    return f"{ended}"


def _taken(answer: dict[str, Any], rows: dict[str, str]) -> FormattedReading:
    """Return the reading that an answer holds, or raise what it tells of."""
    if "refusal" in answer:
        raise Refusal(*answer["refusal"])
    if "too_large" in answer:
        raise refusal("reading_too_large", limit=settings().reading_memory_bytes)
    if "failed" in answer:
        raise ReaderFailedError(answer["failed"], answer["traceback"])
    said = answer["reading"]
    said["report_month"] = date.fromisoformat(said["report_month"])
    said["issues"] = [ReadingIssue(**{**issue, "kind": IssueKind(issue["kind"])}) for issue in said["issues"]]
    said["explanations"] = [Explanation(**explanation) for explanation in said["explanations"]]
    return FormattedReading(**said, rows=rows)


_current: "_Worker | None" = None


def _worker() -> "_Worker":
    """Return this process's reader; a new one where it has ended, belongs to a parent, or would read otherwise."""
    global _current
    wanted = _conditions()
    if _current is not None and not _current.serves(wanted):
        _current.close()
        _current = None
    if _current is None:
        _current = _Worker(wanted)
    return _current


def _conditions() -> tuple[object, ...]:
    """What a reader reads by, settings and code lists, and whose it is."""
    own = settings()
    seeds = codelists.SEEDS_DIR
    stamps = max(entry.stat().st_mtime_ns for entry in os.scandir(seeds))
    return os.getpid(), own.max_file_bytes, own.max_expanded_bytes, own.reading_memory_bytes, str(seeds), stamps


def _environment() -> dict[str, str]:
    own = settings()
    limits = {
        "HOME": str(own.home.resolve()),
        "CONFIG_DIR": str(own.config_dir.resolve()),
        "MAX_FILE_BYTES": str(own.max_file_bytes),
        "MAX_EXPANDED_BYTES": str(own.max_expanded_bytes),
        # What runs the tasks is of no interest here, and needs a secret elsewhere.
        "EXECUTOR": "LocalExecutor",
    }
    inherited = {name: os.environ[name] for name in TAKEN_ALONG if name in os.environ}
    own_settings = {f"{PREFIX}{name}": value for name, value in limits.items()}
    return {**inherited, **FRUGAL, **own_settings, "PYTHONPATH": str(PROJECT_ROOT / "plugins")}


class _Worker:
    """One process that reads files."""

    def __init__(self, conditions: tuple[object, ...]) -> None:
        self.conditions = conditions
        self.overdue = False
        arguments = [str(settings().reading_memory_bytes), str(codelists.SEEDS_DIR)]
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "taizhang.reading.confined_worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            cwd="/",
            bufsize=0,
        )
        assert self.process.stdout is not None
        self._output = self.process.stdout.fileno()
        self._rest = b""
        self._deadline = time.monotonic() + START_SECONDS
        try:
            self._answer()
        except _DiedError:
            raise WorkerStartError(f"the process that reads files does not start ({_named(self.close())})") from None

    def serves(self, conditions: tuple[object, ...]) -> bool:
        return self.conditions == conditions and self.process.poll() is None

    def ask(self, path: Path, file_name: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Let it read a file; _DiedError when it ends or is overdue instead."""
        seconds = settings().reading_seconds
        request = {"path": str(path.resolve()), "file_name": file_name, "cpu_seconds": seconds}
        request["seconds"] = seconds * PATIENCE
        # The process's own clock rings first.
        self._deadline = time.monotonic() + seconds * PATIENCE + GRACE_SECONDS
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            raise _DiedError from None
        return self._answer()

    def _answer(self) -> tuple[dict[str, Any], dict[str, str]]:
        line, end, self._rest = b"", b"", self._rest
        while not end:
            found, end, after = self._rest.partition(b"\n")
            line += found
            self._rest = after if end else self._receive()
        answer: dict[str, Any] = json.loads(line)
        rows = {}
        for table, size in answer.pop("rows").items():
            rows[table] = self._take(size).decode("utf-8", "surrogatepass")
        return answer, rows

    def _take(self, size: int) -> bytes:
        parts, missing = [self._rest], size - len(self._rest)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]

    def _receive(self) -> bytes:
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        if not poll.poll(max(0.0, self._deadline - time.monotonic()) * 1000):
            self.overdue = True
            raise _DiedError
        found = os.read(self._output, _CHUNK)
        if not found:
            raise _DiedError
        return found

    def close(self) -> int | None:
        """End the process unless it has ended; return the signal that ended it, None where none of ours is known."""
        if self.conditions[0] != os.getpid():
            # A fork's copy: the process is the parent's.
            return None
        if self.overdue:
            self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        try:
            code = self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        return -code if code < 0 else None


def close() -> None:
    """End this process's reader, if there is one; the next file starts another."""
    global _current
    if _current is not None:
        _current.close()
        _current = None


atexit.register(close)

"""The process that reads files: it has no secrets, opens no socket and writes no file, and the kernel ends it in time.

`taizhang.reading.confined` starts it and asks it, file by file. A request is a line of JSON on standard input; an
answer is a line of JSON that tells how many bytes of rows follow it.
"""

import json
import os
import resource
import signal
import sys
import traceback
from dataclasses import asdict
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO

OPEN_FILES = 64
# What a reader never does: whatever a workbook might talk it into ends as an error of that file.
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "pty.spawn")

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Answer requests until there are none; `sys.argv` has the memory in bytes and the folder of the code lists."""
    answers = _take_over_output()
    memory_bytes, seeds = int(sys.argv[1]), Path(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_reader(seeds)
    _confine(memory_bytes)
    _answer(answers, {"ready": True})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _limit_time(request["cpu_seconds"], request["seconds"])
        answer, rows = _read(Path(request["path"]), request["file_name"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        _answer(answers, answer, rows)


def _take_over_output() -> BinaryIO:
    """Keep standard output for answers: whatever else is printed goes where errors go."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _import_reader(seeds: Path) -> None:
    from taizhang import codelists

    codelists.SEEDS_DIR = seeds
    import taizhang.reading.workbook
    import taizhang.warehouse.formatted  # noqa: F401 - all that takes time is done before the first file


def _confine(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN) or (event == "open" and arguments[2] & WRITING):
        raise PermissionError(f"a reader may not do this: {event}")


def _limit_time(cpu_seconds: int, seconds: int) -> None:
    """Let the kernel end this process: after so much more of a processor's time, or after so much time at all."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(used.ru_utime + used.ru_stime) + cpu_seconds, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _read(path: Path, file_name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a file; return what is to be said of it, and its rows by table."""
    from taizhang.reading.result import Refusal
    from taizhang.reading.workbook import read_workbook
    from taizhang.warehouse.formatted import format_reading

    try:
        reading = format_reading(read_workbook(path, file_name))
    except Refusal as refusal:
        return {"refusal": [refusal.code, refusal.message_zh, refusal.message_en]}, {}
    except MemoryError:
        return {"too_large": True}, {}
    except Exception as error:
        return {"failed": type(error).__name__, "traceback": traceback.format_exc()}, {}
    said = {
        "file_name": reading.file_name,
        "unit_code": reading.unit_code,
        "unit_name": reading.unit_name,
        "report_month": reading.report_month.isoformat(),
        "template_version": reading.template_version,
        "issues": [asdict(issue) for issue in reading.issues],
        "explanations": [asdict(explanation) for explanation in reading.explanations],
    }
    return {"reading": said}, reading.rows


def _answer(answers: BinaryIO, answer: dict[str, Any], rows: dict[str, str] | None = None) -> None:
    texts = {table: text.encode("utf-8", "surrogatepass") for table, text in (rows or {}).items()}
    answer["rows"] = {table: len(text) for table, text in texts.items()}
    answers.writelines([json.dumps(answer).encode(), b"\n", *texts.values()])
    answers.flush()


if __name__ == "__main__":
    main()

"""`python -m benchmarks.one_task discover|ingest`: do what a task does, in a process like a task's, and say how.

Prints one JSON line: seconds, files, and the most memory that the process has held, in bytes. `ingest` takes all new
files as one chunk.
"""

import json
import re
import sys
import time
from pathlib import Path

# What the process of a task has loaded before its first line runs.
import airflow.sdk.execution_time.supervisor
import airflow.sdk.execution_time.task_runner  # noqa: F401


def main() -> None:
    """Do it and print it."""
    from taizhang import ingest
    from taizhang.sources.inbox import new_files
    from taizhang.warehouse.connection import engine

    begin = time.perf_counter()
    if sys.argv[1] == "discover":
        files = sum(len(chunk) for chunk in ingest.discover(engine()))
    else:
        files = ingest.ingest_chunk(engine(), [file.source_uri for file in new_files(engine())]).read
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "files": files, "peak_bytes": peak_bytes()}))


def peak_bytes() -> int:
    """The most memory that this process has held; the kernel counts it in KiB."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    if found is None:
        raise RuntimeError("/proc/self/status does not tell the peak of the memory")
    return int(found[1]) * 1024


if __name__ == "__main__":
    main()

"""dbt tests in a process that waits for orders; see `others.Waiting`.

The first line of the standard input is a job: `project`, a folder, and `checks`, the check of each test. Each further
line runs `dbt test --store-failures` and is answered with seconds and the number of failing rows by check.
"""

import json
import os
import sys
import time

from dbt.cli.main import dbtRunner


def main() -> None:
    """Answer until the input ends."""
    job = json.loads(sys.stdin.readline())
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    where = ["--project-dir", job["project"], "--profiles-dir", job["project"]]
    dbtRunner().invoke(["--quiet", "parse", *where])
    print("ready", file=answers, flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        done = dbtRunner().invoke(["--quiet", "test", "--store-failures", *where])
        seconds = time.perf_counter() - begin
        if done.exception:
            raise done.exception
        counts = {job["checks"][one.node.name]: one.failures for one in done.result.results}
        print(json.dumps({"seconds": seconds, "counts": counts}), file=answers, flush=True)


if __name__ == "__main__":
    main()

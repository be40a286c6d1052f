"""Programs that a measurement runs in processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from taizhang.settings import PROJECT_ROOT


def printed(*arguments: str, environment: Mapping[str, str] | None = None, given: object = None) -> str:
    """Run this Python with these arguments and return what it prints; `given` is handed over as JSON.

    RuntimeError with the end of what it said when it fails.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        env=dict(os.environ if environment is None else environment),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT_ROOT,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments[:2]} failed: {done.stderr[-3000:] or done.stdout[-3000:]}")
    return done.stdout.strip()

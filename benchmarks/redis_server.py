"""A Redis server of the benchmarks' own: loopback only, with a password, nothing kept on disk, ended after use."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from taizhang.server import embedded, processes

PROGRAM = "redis-server"
START_SECONDS, STOP_SECONDS = 10, 10


def is_installed() -> bool:
    """True if the server is there, from Debian's package of the same name for instance."""
    return shutil.which(PROGRAM) is not None


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Start the server on a free port and yield its URL, which holds the password; RuntimeError when it does not."""
    folder.mkdir(parents=True, exist_ok=True)
    port, password = embedded.free_port(), secrets.token_urlsafe(24)
    options = {"bind": "127.0.0.1", "port": port, "requirepass": password, "save": '""', "appendonly": "no"}
    configuration = folder / "redis.conf"
    with os.fdopen(os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name} {value}\n" for name, value in (options | {"dir": folder.resolve()}).items())
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    with (folder / "redis.log").open("w") as log:
        server = subprocess.Popen([PROGRAM, str(configuration)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        if not processes.wait_until(lambda: _answers(url), START_SECONDS):
            raise RuntimeError(f"{PROGRAM} does not answer: {(folder / 'redis.log').read_text()[-1000:]}")
        yield url
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)
        configuration.unlink()


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False

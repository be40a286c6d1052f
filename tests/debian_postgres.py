"""A PostgreSQL 15 of Debian, where it is installed: the oldest version that the warehouse must run on."""

import secrets
import subprocess
from pathlib import Path

from taizhang.server.account import Account, server_account
from taizhang.server.embedded import free_port

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def is_installed() -> bool:
    """True if Debian's PostgreSQL 15 is on this machine."""
    return (PROGRAMS / "initdb").exists()


def _run(account: Account, program: str, *arguments: str) -> None:
    subprocess.run(
        [*account.prefix, str(PROGRAMS / program), *arguments],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
    )


def start(base: Path) -> str:
    """Start the server below `base` and return its URL."""
    base.mkdir()
    password = secrets.token_urlsafe(16)
    password_file = base / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    account = server_account(base, (PROGRAMS / "initdb",))
    account.own(base)
    data = base / "data"
    login = ("-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}")
    _run(account, "initdb", "-D", str(data), *login, "-E", "UTF8", "--locale=C.UTF-8")
    port = free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c jit=off"
    _run(account, "pg_ctl", "start", "-w", "-D", str(data), "-l", str(base / "log"), "-o", options)
    return f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"


def stop(base: Path) -> None:
    """Stop the server below `base`."""
    _run(server_account(base, (PROGRAMS / "initdb",)), "pg_ctl", "stop", "-m", "immediate", "-D", str(base / "data"))

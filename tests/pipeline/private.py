"""What a running Taizhang must keep to itself: its sockets on the loopback address, its secrets out of every file."""

import ipaddress
import json
from collections.abc import Iterator
from typing import Any

import psutil
from sqlalchemy import make_url

from taizhang.server import airflow_config
from taizhang.server.components import wanted
from taizhang.settings import settings

# Files that exist to keep secrets; each is for its owner only.
KEEPING = ("passwords.json", "secrets.json", "postgres-password")


def listening() -> dict[str, list[str]]:
    """The addresses on which each of Airflow's components and its children listen, by component."""
    found: dict[str, list[str]] = {}
    for component in wanted():
        leader = component.leader()
        assert leader is not None, component.name
        found[component.name] = sorted(
            {
                f"{connection.laddr.ip}:{connection.laddr.port}"
                for process in _family(psutil.Process(leader.pid))
                for connection in _connections(process)
                if connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE) and connection.laddr
            }
        )
    return found


def _family(process: psutil.Process) -> Iterator[psutil.Process]:
    yield process
    yield from process.children(recursive=True)


def _connections(process: psutil.Process) -> list[Any]:
    try:
        return list(process.net_connections("inet"))
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        # A task that has just ended; that components can be looked at is told by the api-server's port.
        return []


def require_loopback() -> None:
    """Nothing listens where another machine could reach it, and the web pages do listen."""
    found = listening()
    everywhere = [place for places in found.values() for place in places]
    assert [place for place in everywhere if not ipaddress.ip_address(place.rpartition(":")[0]).is_loopback] == []
    assert f"127.0.0.1:{airflow_config.web_port()}" in found["api-server"]


def secrets_of_this_run() -> dict[str, str]:
    """Every secret that was generated or given: where it is kept, and the secret."""
    home = airflow_config.airflow_home()
    kept = {
        f"{name} {key}": value
        for name in ("passwords.json", "secrets.json")
        for key, value in json.loads((home / name).read_text()).items()
    }
    given = {"database": settings().database_url, "metadata": settings().airflow_database_url}
    for name, url in given.items():
        password = make_url(url.get_secret_value()).password if url else None
        if password:
            kept[f"password of the {name}"] = password
    return kept


def require_secrets_untold(printed: str) -> int:
    """No secret stands in a file below the home, apart from those that keep them, nor in what was printed.

    Returns how many files were searched.
    """
    secrets, searched, told = secrets_of_this_run(), 0, []
    assert len(secrets) >= 5
    for path in settings().home.rglob("*"):
        if not path.is_file() or path.name in KEEPING:
            continue
        searched += 1
        content = path.read_bytes()
        told += [f"{name} in {path}" for name, secret in secrets.items() if secret.encode() in content]
    told += [f"{name} was printed" for name, secret in secrets.items() if secret in printed]
    assert told == []
    for path in settings().home.rglob("*"):
        assert path.name not in KEEPING or path.stat().st_mode & 0o077 == 0, path
    return searched

"""Sources opened with the credentials of Airflow connections."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.io import get_fs
from fsspec import AbstractFileSystem
from pydantic import SecretStr

from taizhang.sources.api import Api, open_client
from taizhang.sources.declared import ApiSource, FilesSource, MailboxSource
from taizhang.sources.items import Peer, SourceError
from taizhang.sources.mailbox import MailAccess, Mailbox, open_mailbox
from taizhang.sources.remote_files import RemoteFiles
from taizhang.sources.request_signing import HmacAuth, TokenAuth

_SECRET_EXTRAS = ("secret", "pass", "token", "private_key", "account_key")
_S3 = ("s3", "s3a", "s3n")
_SFTP = ("sftp", "ssh")


def open_peer(source: FilesSource | ApiSource | MailboxSource) -> Peer:
    """Open a source; SourceError when its connection is missing, or lacks something."""
    connection = _connection(source.connection) if source.connection is not None else None
    hidden = _secrets(connection) if connection is not None else []
    if isinstance(source, FilesSource):
        return RemoteFiles(source, _filesystem(source, connection), hidden)
    assert connection is not None
    if isinstance(source, ApiSource):
        return Api(source, open_client(_auth(source, connection)), hidden)
    access = MailAccess(
        host=_needed(connection, "host"),
        user=_needed(connection, "login"),
        password=SecretStr(_needed(connection, "password")),
        port=connection.port or 993,
        encrypted=str(connection.extra_dejson.get("use_ssl", True)).lower() != "false",
    )
    return Mailbox(source, lambda: open_mailbox(access), hidden)


def _auth(source: ApiSource, connection: Connection) -> TokenAuth | HmacAuth:
    secret = SecretStr(_needed(connection, "password"))
    return TokenAuth(secret) if source.signing == "token" else HmacAuth(_needed(connection, "login"), secret)


def _filesystem(source: FilesSource, connection: Connection | None) -> Callable[[], AbstractFileSystem]:
    scheme = urlsplit(source.url).scheme
    options = _options(scheme, connection)

    def open_filesystem() -> AbstractFileSystem:
        filesystem = get_fs(scheme, source.connection, options)
        # The next call is for a new connection, not for this one again.
        type(filesystem).clear_instance_cache()
        return filesystem

    return open_filesystem


def _options(scheme: str, connection: Connection | None) -> dict[str, Any] | None:
    """What we ask of a filesystem beside what its connection says: limits of time, and whom to trust."""
    if scheme in _S3:
        return {"connect_timeout": 15, "read_timeout": 60, "retries": {"max_attempts": 3, "mode": "standard"}}
    if scheme not in _SFTP:
        return None
    options: dict[str, Any] = {
        "connect_timeout": 15,
        "login_timeout": 30,
        "keepalive_interval": 15,
        # Names in GB18030 must not end the listing.
        "sftp_client_kwargs": {"path_errors": "surrogateescape"},
    }
    extras = connection.extra_dejson if connection is not None else {}
    if str(extras.get("no_host_key_check", "")).lower() != "true":
        # Without this the library would trust any server; without a key those of ~/.ssh/known_hosts are trusted.
        host_key = extras.get("host_key")
        options["known_hosts"] = f"* {host_key}".encode() if host_key else ()
    return options


def _connection(conn_id: str) -> Connection:
    try:
        found: Connection = Connection.get(conn_id)
    except AirflowNotFoundException:
        raise SourceError(
            f"there is no Airflow connection {conn_id}: add it in the web UI (Admin, Connections),"
            f" or as AIRFLOW_CONN_{conn_id.upper()}"
        ) from None
    return found


def _needed(connection: Connection, part: str) -> str:
    value = getattr(connection, part)
    if not value:
        raise SourceError(f"the Airflow connection {connection.conn_id} has no {part}")
    return str(value)


def _secrets(connection: Connection) -> list[str]:
    """What of a connection no message may show."""
    extras = connection.extra_dejson.items()
    named = [str(value) for key, value in extras if value and any(word in key.lower() for word in _SECRET_EXTRAS)]
    return ([connection.password] if connection.password else []) + named

"""Opening a source outside of Airflow's tasks, with the credentials that Airflow keeps."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from taizhang.sources.declared import ApiSource, FilesSource, MailboxSource
from taizhang.sources.items import Peer
from taizhang.sources.remote_files import RemoteFiles

_LOCAL = ("file", "local")


def open_peer(source: FilesSource | ApiSource | MailboxSource) -> Peer:
    """Open a source; a folder of this machine without Airflow, everything else by its Airflow connection.

    SourceError when there is no such connection, or it lacks something.
    """
    if isinstance(source, FilesSource) and source.connection is None and urlsplit(source.url).scheme in _LOCAL:
        from fsspec.implementations.local import LocalFileSystem

        return RemoteFiles(source, LocalFileSystem)
    _speak_for_airflow()
    with _own_logging():
        from taizhang.airflow_tasks import connections
    return connections.open_peer(source)


@contextmanager
def _own_logging() -> Iterator[None]:
    """Keep Airflow, when it is imported, from sending all logs to standard output, which is for a command's answer."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _speak_for_airflow() -> None:
    """Let Airflow find its database and its keys; in a container both stand in the environment already."""
    if "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in os.environ:
        from taizhang.server.airflow_config import airflow_environment

        os.environ.update(airflow_environment())
    # Otherwise Airflow's own command line alone would look for connections in its database.
    os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")

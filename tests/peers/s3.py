"""An object store: moto's server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fsspec import AbstractFileSystem
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

BUCKET = "submissions"


@contextmanager
def object_store() -> Iterator[Callable[[], AbstractFileSystem]]:
    """A store with one empty bucket; yields what opens a filesystem on it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()

    def open_filesystem() -> AbstractFileSystem:
        return S3FileSystem(
            key="test", secret="test", endpoint_url=f"http://{host}:{port}", skip_instance_cache=True,
            config_kwargs={"retries": {"max_attempts": 1}},
        )  # fmt: skip

    open_filesystem().mkdir(BUCKET)
    yield open_filesystem
    server.stop()

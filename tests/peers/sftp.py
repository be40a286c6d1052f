"""An SFTP server of asyncssh over a folder, which can cut its connections in the middle of a file."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
from fsspec import AbstractFileSystem
from sshfs import SSHFileSystem

USER, PASSWORD = "county", "sftp-secret"
# Small ones, so that a file of some kilobytes takes several answers.
READ_BYTES = 4096


@dataclass
class SftpPeer:
    """The running server: its folder, how often it has still to cut, and how many bytes it gave before and since."""

    folder: Path
    port: int = 0
    host_key: str = ""
    cut_after_bytes: int = 0
    cuts: int = 0
    given: list[tuple[int, int]] = field(default_factory=list)

    def open_filesystem(self) -> AbstractFileSystem:
        """A new connection to the server."""
        return SSHFileSystem(
            "127.0.0.1", port=self.port, username=USER, password=PASSWORD, known_hosts=f"* {self.host_key}".encode(),
            skip_instance_cache=True, sftp_client_kwargs={"path_errors": "surrogateescape"}, client_keys=None,
            agent_path=None, config=[],
        )  # fmt: skip


class _Server(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def _sftp_server(peer: SftpPeer) -> Callable[[Any], asyncssh.SFTPServer]:
    class Cutting(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(peer.folder).encode())

        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            content: bytes = super().read(file_obj, offset, min(size, READ_BYTES))  # type: ignore[assignment]
            if peer.cuts and content and offset >= peer.cut_after_bytes:
                peer.cuts -= 1
                self.channel.get_connection().abort()
                raise asyncssh.SFTPConnectionLost("cut")
            peer.given.append((offset, len(content)))
            return content

    return Cutting


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpPeer]:
    """A server on a free port, in a thread of its own."""
    peer = SftpPeer(folder)
    key = asyncssh.generate_private_key("ssh-ed25519")
    peer.host_key = key.export_public_key().decode().strip()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=_Server, server_host_keys=[key], sftp_factory=_sftp_server(peer)
        )

    async def stop(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)
    peer.port = acceptor.get_port()
    yield peer
    asyncio.run_coroutine_threadsafe(stop(acceptor), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
    loop.close()

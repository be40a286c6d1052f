"""An IMAP server: pymap with a mailbox in memory, as a process of its own."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from taizhang.server.embedded import free_port
from taizhang.sources.mailbox import MailAccess

USER, PASSWORD = "submissions", "imap-secret"


@dataclass
class ImapPeer:
    """The running server."""

    port: int

    @property
    def access(self) -> MailAccess:
        """What a source needs to log in."""
        return MailAccess("127.0.0.1", USER, SecretStr(PASSWORD), self.port, encrypted=False)

    def logged_in(self) -> imaplib.IMAP4:
        """A connection of the owner of the mailbox."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, mail: bytes, received: datetime, folder: str = "INBOX") -> None:
        """Put a mail into the mailbox, as received then."""
        client = self.logged_in()
        answer, data = client.append(folder, "", imaplib.Time2Internaldate(received), mail)
        assert answer == "OK", data
        client.logout()

    def mails(self, folder: str) -> list[bytes]:
        """The headers of the mails in a folder, with their flags."""
        client = self.logged_in()
        assert client.select(folder, readonly=True)[0] == "OK"
        uids = client.uid("SEARCH", "ALL")[1][0].split()
        found = [client.uid("FETCH", uid.decode(), "(FLAGS BODY.PEEK[HEADER])")[1] for uid in uids]
        client.logout()
        return [b" ".join(_parts(one)) for one in found]


@contextmanager
def imap_server() -> Iterator[ImapPeer]:
    """A server with an empty mailbox."""
    peer = ImapPeer(free_port())
    command = [sys.executable, "-c", "from pymap.main import main; main()", "--no-service", "admin"]
    command += ["--host", "127.0.0.1", "--port", str(peer.port), "--no-tls"]
    command += ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait_for(process, peer.port)
        yield peer
    finally:
        process.terminate()
        process.wait(20)


def _parts(answer: list[bytes | tuple[bytes, bytes]]) -> Iterator[bytes]:
    for entry in answer:
        yield from (entry,) if isinstance(entry, bytes) else entry


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except ConnectionRefusedError:
            assert process.poll() is None, "the IMAP server has ended"
            time.sleep(0.1)
    raise AssertionError("the IMAP server does not answer")

"""Receivers on loopback: a mail server, and a web server that answers as messengers do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from taizhang.server.embedded import free_port


@dataclass
class Mailbox:
    """What came, raw and as messages; `refuses` is the answer to every mail if one is given."""

    port: int
    raw: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    refuses: str | None = None

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        if self.refuses:
            return self.refuses
        self.raw.append(cast("bytes", envelope.content))
        self.to += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server without TLS."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Requests:
    """What was posted: path and JSON; what is answered can be set."""

    port: int
    posted: list[tuple[str, Any]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"errcode": 0, "errmsg": "ok", "code": 0}'


@contextmanager
def web_server() -> Iterator[Requests]:
    """A web server that takes every POST of JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            requests.posted.append((self.path, json.loads(content)))
            self.send_response(requests.status)
            self.end_headers()
            self.wfile.write(requests.answer)

        def log_message(self, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    requests = Requests(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""The HTTP API of a platform, which can fail, delay, cut in the middle, repeat its pages and lead elsewhere."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY_ID, SECRET = "dingxi", "platform-secret"


@dataclass
class Platform:
    """The running API: what it offers, and how it still misbehaves, by path without query."""

    items: list[bytes] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, list[int]] = field(default_factory=dict)
    cuts: dict[str, list[int]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    ranged: bool = True
    circular: bool = False
    signed: bool = False
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}/items"

    def offer(self, item_id: str, updated_at: str = "2024-04-03T09:00:00+08:00", **values: Any) -> None:
        """Add an item to the feed."""
        self.items.append(json.dumps({"id": item_id, "updated_at": updated_at} | values, ensure_ascii=False).encode())

    def offer_file(self, item_id: str, content: bytes, name: str, **values: Any) -> None:
        """Add an item whose file stands at a URL of its own."""
        path = f"/files/{len(self.files)}"
        self.files[path] = content
        self.offer(item_id, file={"url": path, "name": name} | values)

    def asked(self, path: str) -> list[str | None]:
        """The Range of each request for a path."""
        return [given for asked, given in self.requests if asked == path]


@contextmanager
def platform() -> Iterator[Platform]:
    """The API on a free port."""
    peer = Platform()

    class Handler(_Handler):
        api = peer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield peer
    peer.heard.set()
    server.shutdown()
    server.server_close()
    thread.join(20)


class _Handler(BaseHTTPRequestHandler):
    api: Platform
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.api.requests.append((path, self.headers.get("Range")))
        if not self._is_let_in():
            self._answer(401, b"")
        elif path in self.api.silent:
            self.api.heard.wait(30)
            self.close_connection = True
        elif self.api.answers.get(path):
            self._answer(self.api.answers[path].pop(0), b"")
        elif path in self.api.redirects:
            self._answer(302, b"", {"Location": self.api.redirects[path]})
        elif path == "/items":
            self._answer(200, self._page())
        elif path in self.api.files:
            self._give(path, self.api.files[path])
        else:
            self._answer(404, b"")

    def _is_let_in(self) -> bool:
        given = self.headers.get("Authorization", "")
        if not self.api.signed:
            return given == f"Bearer {SECRET}"
        empty = hashlib.sha256(b"").hexdigest()
        lines = ["TAIZHANG-HMAC-SHA256", self.headers["X-Timestamp"], "GET", self.headers["Host"], self.path, empty]
        wanted = hmac.new(SECRET.encode(), "\n".join(lines).encode(), "sha256").hexdigest()
        return given == f"TAIZHANG-HMAC-SHA256 key={KEY_ID}, signature={wanted}"

    def _page(self) -> bytes:
        query = parse_qs(urlsplit(self.path).query)
        start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        following: str | None = str(start + limit) if start + limit < len(self.api.items) else None
        if self.api.circular:
            following = "0"
        items = b",".join(self.api.items[start : start + limit])
        return b'{"items": [' + items + b'], "next_cursor": ' + json.dumps(following).encode() + b"}"

    def _give(self, path: str, content: bytes) -> None:
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:12]}"'}
        asked = self.headers.get("Range")
        if self.api.ranged and asked and self.headers.get("If-Range") == headers["ETag"]:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._answer(206, content[start:], headers, path)
        else:
            self._answer(200, content, headers, path)

    def _answer(self, code: int, content: bytes, headers: dict[str, str] | None = None, path: str = "") -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.api.cuts.get(path):
            self.wfile.write(content[: self.api.cuts[path].pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(content)

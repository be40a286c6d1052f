"""The HTTP API of a platform: pages of items by a cursor, files in pieces, nothing from any other host."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx

from taizhang.sources.api_pages import is_same_host, read_page
from taizhang.sources.declared import ApiSource
from taizhang.sources.items import Batch, Item, ItemRefusedError, SourceError
from taizhang.sources.patience import persistently

PAGE_BYTES = 50_000_000
# Seconds for connecting, and for each read and write; the limits of item and pull hold beside it.
TIMEOUT = 30.0
_REDIRECTS = 5
_GONE = (404, 410)
_REFUSED_US = (401, 403)
_PASSING = (408, 425, 429)


class PassingError(Exception):
    """The server asks to come back later, or has faltered."""


def open_client(auth: httpx.Auth) -> httpx.Client:
    """Return a client that checks certificates and follows no redirect by itself."""
    return httpx.Client(auth=auth, timeout=TIMEOUT, follow_redirects=False, headers={"Accept-Encoding": "identity"})


class Api:
    """An API behind an opened client, which it closes."""

    moves_taken = False

    def __init__(self, source: ApiSource, client: httpx.Client, hidden: Sequence[str] = ()) -> None:
        self.source = source
        self.hidden = hidden
        self._client = client

    def batches(self, cursor: str | None) -> Iterator[Batch]:
        """Read page after page from the cursor on; SourceError when the pages go round in circles.

        The cursor of the last page is kept: the next pull asks for it again, since it may have grown.
        """
        seen = {cursor}
        while True:
            url = httpx.URL(self.source.url).copy_merge_params({"limit": str(self.source.page_items)})
            url = url.copy_merge_params({"cursor": cursor}) if cursor is not None else url
            content = persistently(lambda url=url: self._page(str(url)))  # type: ignore[misc]
            items, following = read_page(content, str(url))
            yield Batch(items, following if following is not None else cursor)
            if following is None or not items:
                return
            if following in seen:
                raise SourceError(f"{self.source.url} gives the cursor {following[:80]} a second time: pages repeat")
            seen.add(following)
            cursor = following

    def fetch(self, item: Item, target: Path) -> None:
        """Write the submission as it stood in its page, or download its file and compare size and hash."""
        if item.content is not None:
            target.write_bytes(item.content)
            return
        persistently(lambda: self._download(item, target))
        expected = item.provenance.get("sha256")
        if expected is not None:
            with target.open("rb") as handle:
                found = hashlib.file_digest(handle, "sha256").hexdigest()
            if found != expected:
                raise SourceError("its sha256 is not the one that the page gives")

    def move_taken(self, taken: Sequence[tuple[Item, Path]]) -> None:
        """SourceError: nothing is ever moved at a platform."""
        raise SourceError(f"{self.source.url} is a platform, where nothing is moved")

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _page(self, url: str) -> bytes:
        with self._answer(url) as response:
            content = bytearray()
            for block in response.iter_bytes():
                content += block
                if len(content) > PAGE_BYTES:
                    raise SourceError(f"a page of {self.source.url} has more than {PAGE_BYTES} bytes")
            return bytes(content)

    def _download(self, item: Item, target: Path) -> None:
        """Append what is missing; a server that cannot go on in the middle, or has another file now, begins anew."""
        start = target.stat().st_size
        tag_file = target.with_name(f"{target.name}.etag")
        headers = {}
        if start and tag_file.exists():
            headers = {"Range": f"bytes={start}-", "If-Range": tag_file.read_text(encoding="utf-8")}
        with self._answer(item.locator, headers) as response, target.open("r+b") as ours:
            goes_on = response.status_code == 206 and response.headers.get("Content-Range", "").startswith(
                f"bytes {start}-"
            )
            if not goes_on:
                start = 0
                ours.truncate()
            if tag := _strong_tag(response):
                tag_file.write_text(tag, encoding="utf-8")
            ours.seek(start)
            for block in response.iter_bytes():
                if ours.tell() + len(block) > self.source.limits.item_bytes:
                    raise ItemRefusedError("too_large", "has more bytes than it said and than an item may have")
                ours.write(block)
            have = ours.tell()
        tag_file.unlink(missing_ok=True)
        if item.byte_size is not None and have != item.byte_size:
            os.truncate(target, 0)
            raise PassingError(f"{have} bytes came instead of {item.byte_size}")

    @contextmanager
    def _answer(self, url: str, headers: dict[str, str] | None = None) -> Iterator[httpx.Response]:
        """The answer of the same host, after redirects on it; errors tell those that pass from those that last."""
        for _ in range(_REDIRECTS):
            request = self._client.build_request("GET", url, headers=headers)
            response = self._client.send(request, stream=True)
            try:
                if not response.has_redirect_location:
                    _must_be_fine(response)
                    yield response
                    return
                following = urljoin(url, response.headers["Location"])
            finally:
                response.close()
            if not is_same_host(following, self.source.url):
                raise SourceError("the server leads to another host, which is refused")
            url = following
        raise SourceError(f"the server leads on more than {_REDIRECTS} times")


def _must_be_fine(response: httpx.Response) -> None:
    code = response.status_code
    if code in _GONE:
        raise ItemRefusedError("gone", f"the server no longer has it (HTTP {code})")
    if code in _REFUSED_US:
        raise SourceError(f"the server does not let us in (HTTP {code}): look at the Airflow connection")
    if code >= 500 or code in _PASSING:
        raise PassingError(f"HTTP {code}")
    if code not in (200, 206):
        raise SourceError(f"HTTP {code}")


def _strong_tag(response: httpx.Response) -> str | None:
    """A mark by which a server tells that a file is still the same one."""
    tag = str(response.headers.get("ETag", ""))
    return tag if tag.startswith('"') else None

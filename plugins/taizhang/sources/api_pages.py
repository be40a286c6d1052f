"""The pages of a platform's API as they are documented in docs/operate.md: items, and where the next page begins."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urljoin, urlsplit

import msgspec

from taizhang.sources.file_names import base_name, refusal_of
from taizhang.sources.items import Item, ItemRefusedError, SourceError

_NOTHING = (b"", b"null")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class OfferedFile(msgspec.Struct):
    """A file that stands at a URL of the same host."""

    url: str
    name: _Text
    size: Annotated[int, msgspec.Meta(ge=0)] | None = None
    sha256: str | None = None


class OfferedItem(msgspec.Struct):
    """A submission: a file to fetch, or the submission itself as JSON, kept byte by byte."""

    id: _Text
    updated_at: datetime
    file: OfferedFile | None = None
    submission: msgspec.Raw = msgspec.Raw()


class Page(msgspec.Struct):
    """A page; each item is read on its own, so that one that is wrong holds up no other."""

    items: list[msgspec.Raw]
    next_cursor: str | None = None


def read_page(content: bytes, url: str) -> tuple[list[Item], str | None]:
    """Return the items of a page and the cursor after it; SourceError when it is no page at all.

    What is no item, or offers nothing that may be taken, is an item with the reason why not.
    """
    try:
        page = msgspec.json.decode(content, type=Page)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{_without_query(url)} gives no page of items: {error}") from None
    return [_item(bytes(raw), url) for raw in page.items], page.next_cursor


def _item(raw: bytes, url: str) -> Item:
    try:
        offered = msgspec.json.decode(raw, type=OfferedItem)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        digest = hashlib.sha256(raw).hexdigest()
        reason = ItemRefusedError("invalid_item", f"is no item of the contract: {error}")
        return Item(remote_id=f"invalid {digest}", version=digest, file_name=f"{digest[:12]}.json", refusal=reason)
    updated_at = offered.updated_at if offered.updated_at.tzinfo else offered.updated_at.replace(tzinfo=UTC)
    content = bytes(offered.submission)
    if (offered.file is None) == (content in _NOTHING):
        reason = ItemRefusedError("invalid_item", "must have either a file or a submission")
        return _of(offered, updated_at, f"{offered.id}.json", url, refusal=reason)
    if offered.file is not None:
        return _with_file(offered, offered.file, updated_at, url)
    # Of a name only what stands behind the last slash is kept, and an id may have some.
    name = offered.id.replace("/", "_").replace("\\", "_")
    return _of(offered, updated_at, f"{name}.json", url, content=content, byte_size=len(content))


def _with_file(offered: OfferedItem, file: OfferedFile, updated_at: datetime, url: str) -> Item:
    place = urljoin(url, file.url)
    refusal = refusal_of(base_name(file.name))
    if not is_same_host(place, url):
        refusal = ItemRefusedError("foreign_host", "its file lies on another host than the API")
    elif file.sha256 is not None and not _SHA256.fullmatch(file.sha256):
        refusal = ItemRefusedError("invalid_item", "sha256 is not 64 hexadecimal digits in lower case")
    return _of(
        offered, updated_at, file.name, url, locator=place, byte_size=file.size, sha256=file.sha256, refusal=refusal
    )


def _of(
    offered: OfferedItem,
    updated_at: datetime,
    file_name: str,
    url: str,
    *,
    locator: str = "",
    sha256: str | None = None,
    byte_size: int | None = None,
    content: bytes | None = None,
    refusal: ItemRefusedError | None = None,
) -> Item:
    provenance = {"url": _without_query(url), "id": offered.id, "updated_at": updated_at.isoformat()}
    if offered.file is not None:
        provenance["file_url"] = _without_query(locator)
    return Item(
        remote_id=offered.id,
        version=updated_at.astimezone(UTC).isoformat(),
        file_name=file_name,
        locator=locator,
        byte_size=byte_size,
        modified_at=updated_at,
        provenance=provenance | ({"sha256": sha256} if sha256 else {}),
        content=content,
        refusal=refusal,
    )


def is_same_host(url: str, other: str) -> bool:
    """Whether two URLs have the same scheme, host and port."""
    ours, theirs = urlsplit(url), urlsplit(other)
    try:
        return (ours.scheme, ours.hostname, ours.port) == (theirs.scheme, theirs.hostname, theirs.port)
    except ValueError:
        return False


def _without_query(url: str) -> str:
    """A URL as it may be shown: what stands behind the question mark may be a token."""
    return urlsplit(url)._replace(query="", fragment="", netloc=urlsplit(url).netloc.rpartition("@")[2]).geturl()

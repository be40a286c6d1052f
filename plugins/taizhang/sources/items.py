"""What a source has to offer, whatever its kind: items in batches, and a peer that fetches them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from taizhang.errors import TaizhangError


class SourceError(TaizhangError):
    """A source cannot be pulled from as a whole; the message says why, without secrets."""


class ItemRefusedError(Exception):
    """An item is not taken, now or later; with a stable code and a reason for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class ItemChangedError(Exception):
    """An item has changed while it was fetched: it is still being written."""


@dataclass(frozen=True)
class Item:
    """One version of a file at a source.

    `settle` is how long it must have stayed the same before it is taken; None where items only ever appear whole.
    `locator` is what the peer finds it by; `content` what it is, where the listing had it already.
    """

    remote_id: str
    version: str
    file_name: str
    locator: str = ""
    byte_size: int | None = None
    modified_at: datetime | None = None
    provenance: dict[str, str] = field(default_factory=dict)
    settle: timedelta | None = None
    content: bytes | None = None
    refusal: ItemRefusedError | None = None


@dataclass(frozen=True)
class Batch:
    """Items that are listed together, and from where to go on once all of them have been dealt with.

    `failures` are parts of the listing that could not be had: as long as there is one, the cursor stays.
    """

    items: list[Item]
    cursor: str | None = None
    failures: tuple[str, ...] = ()


class Peer(Protocol):
    """An opened source of any kind."""

    hidden: Sequence[str]
    """Secrets that no message may show."""

    moves_taken: bool
    """Whether what was taken is to be moved away at the source."""

    def batches(self, cursor: str | None) -> Iterator[Batch]:
        """List what is there after the cursor; errors end the pull."""

    def fetch(self, item: Item, target: Path) -> None:
        """Write the item's content to a file of ours, tried again where that may help.

        Raises ItemRefusedError, or ItemChangedError when it is still being written; any other error is a failure.
        """

    def move_taken(self, taken: Sequence[tuple[Item, Path]]) -> None:
        """Move items of one batch, each with the copy that was taken, out of the way at the source."""

    def close(self) -> None:
        """Give up the connection; never fails."""

"""Pulling: what is new at a source goes into the inbox, each file whole, once, and with its provenance kept."""

import logging
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from taizhang.errors import TaizhangError
from taizhang.landing import file_sha256
from taizhang.settings import settings
from taizhang.sources import placing, pull_records
from taizhang.sources.declared import ApiSource, FilesSource, MailboxSource
from taizhang.sources.items import Batch, Item, ItemChangedError, ItemRefusedError, Peer
from taizhang.sources.patience import within
from taizhang.sources.pull_records import Known, Opened, Outcome, item_key
from taizhang.warehouse.connection import exclusive

log = logging.getLogger(__name__)


class PullFailedError(TaizhangError):
    """Something of a source could not be pulled; everything else of it was."""

    exit_code = 1


@dataclass
class PullReport:
    """What a pull of one source did. `known` had been dealt with before; `remaining` are left to the next pull.

    `refused` and `failures` name each item with the reason; `waiting` those that are still being written.
    """

    source: str
    taken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    known: int = 0
    remaining: int = 0
    byte_count: int = 0

    def require_success(self) -> None:
        """Raise PullFailedError when something failed; the message names it."""
        if self.failures:
            raise PullFailedError(f"source {self.source}: " + "; ".join(self.failures))

    def counts(self) -> dict[str, int]:
        """The figures that `ops.source_pull` keeps."""
        lists = {"taken": self.taken, "refused": self.refused, "waiting": self.waiting, "failed": self.failures}
        return {name: len(entries) for name, entries in lists.items()} | {
            "remaining": self.remaining,
            "byte_count": self.byte_count,
        }


def pull(engine: Engine, source: FilesSource | ApiSource | MailboxSource, peer: Peer) -> PullReport:
    """Pull what is new at one source into the inbox; what fails at the source stands in the report and in `ops`.

    WarehouseBusyError when another process is pulling it; errors of the inbox and of the database come through.
    """
    with exclusive(engine, f"pull {source.name}"):
        placing.clear_unfinished(source.name)
        opened = pull_records.open_pull(engine, source.name, source.kind)
        running = _Pull(engine, source, peer, opened)
        try:
            running.run()
        finally:
            peer.close()
            pull_records.close_pull(engine, opened.pull_id, running.report.counts(), running.report.failures)
    return running.report


class _Pull:
    """One pull of one source."""

    def __init__(
        self, engine: Engine, source: FilesSource | ApiSource | MailboxSource, peer: Peer, opened: Opened
    ) -> None:
        self.engine = engine
        self.source = source
        self.peer = peer
        self.opened = opened
        self.report = PullReport(source.name)
        self.deadline = time.monotonic() + source.limits.pull_seconds

    def run(self) -> None:
        cursor_may_move = True
        batches = self.peer.batches(self.opened.cursor)
        while batch := self._next(batches):
            self.report.failures += [self._safe(failure) for failure in batch.failures]
            self._deal_with(batch)
            cursor_may_move = cursor_may_move and not (self.report.failures or self.report.remaining)
            if cursor_may_move and batch.cursor is not None:
                pull_records.advance(self.engine, self.source.name, batch.cursor)
            if self.report.remaining:
                return
        if not self.report.failures:
            pull_records.advance(self.engine, self.source.name, None, self.opened.started_at)

    def _next(self, batches: Iterator[Batch]) -> Batch | None:
        """The next batch; None at the end, or when the listing fails or takes too long, which the report then says."""
        try:
            return within(self.deadline - time.monotonic(), lambda: next(batches, None))
        except Exception as error:
            self._failed("listing", error)
            return None

    def _deal_with(self, batch: Batch) -> None:
        with self.engine.connect() as connection:
            known = pull_records.known_items(connection, [item_key(self.source.name, item) for item in batch.items])
        failed_before = len(self.report.failures)
        taken = []
        for item in batch.items:
            if place := self._deal_with_item(item, known.get(item_key(self.source.name, item))):
                taken.append((item, place))
        if self.peer.moves_taken and taken and len(self.report.failures) == failed_before and not self.report.remaining:
            self._move(taken)

    def _deal_with_item(self, item: Item, known: Known | None) -> Path | None:
        """Take, refuse or leave one item; returns where a taken one is, also if it was taken before."""
        if known is not None and known.state != "waiting":
            self.report.known += 1
            return _still_there(known)
        if item.refusal or self._is_too_large(item):
            self._refuse(item, item.refusal or ItemRefusedError("too_large", self._too_large(item)))
        elif not self._has_settled(item, known):
            self._leave_waiting(item)
        elif self.report.byte_count >= self.source.limits.pull_bytes or time.monotonic() >= self.deadline:
            self.report.remaining += 1
        else:
            return self._take(item, known)
        return None

    def _take(self, item: Item, known: Known | None) -> Path | None:
        partial = placing.new_partial(self.source.name)
        try:
            return self._put(item, known, partial) if self._fetch(item, partial) else None
        finally:
            partial.unlink(missing_ok=True)

    def _fetch(self, item: Item, partial: Path) -> bool:
        """Fetch an item; False when the source did not give it, which is then said."""
        seconds = min(self.source.limits.item_seconds, self.deadline - time.monotonic())
        try:
            within(seconds, lambda: self.peer.fetch(item, partial))
        except ItemRefusedError as refusal:
            self._refuse(item, refusal)
        except ItemChangedError:
            self._leave_waiting(item)
        except Exception as error:
            self._failed(item.file_name, error)
        else:
            return True
        return False

    def _put(self, item: Item, known: Known | None, partial: Path) -> Path:
        byte_size, sha256 = partial.stat().st_size, file_sha256(partial)
        filed_at = (known and known.filed_at) or self._filed_at(item)
        key = item_key(self.source.name, item)
        place = placing.place(partial, self.source.name, key, item.file_name, filed_at)
        uri = str(place.relative_to(settings().inbox_dir))
        self._store(item, Outcome("taken", filed_at, byte_size=byte_size, sha256=sha256, inbox_uri=uri))
        self.report.taken.append(item.file_name)
        self.report.byte_count += byte_size
        return place

    def _refuse(self, item: Item, refusal: ItemRefusedError) -> None:
        self._store(item, Outcome("refused", self._filed_at(item), refusal.code, refusal.reason))
        self.report.refused.append(f"{item.file_name}: {refusal.reason}")

    def _leave_waiting(self, item: Item) -> None:
        self._store(item, Outcome("waiting", self._filed_at(item)))
        self.report.waiting.append(item.file_name)

    def _store(self, item: Item, outcome: Outcome) -> None:
        with self.engine.begin() as connection:
            pull_records.store_item(connection, self.opened.pull_id, self.source.name, item, outcome)

    def _move(self, taken: list[tuple[Item, Path]]) -> None:
        try:
            within(self.source.limits.item_seconds, lambda: self.peer.move_taken(taken))
        except Exception as error:
            self._failed(f"moving {taken[0][0].file_name}", error)

    def _is_too_large(self, item: Item) -> bool:
        return item.byte_size is not None and item.byte_size > self.source.limits.item_bytes

    def _too_large(self, item: Item) -> str:
        return f"{item.byte_size} bytes, more than the {self.source.limits.item_bytes} that an item may have"

    def _has_settled(self, item: Item, known: Known | None) -> bool:
        """Whether an item has stayed as it is for long enough, by its server's clock or by ours."""
        if item.settle is None:
            return True
        now = self.opened.started_at
        seen = [item.modified_at, known.first_seen_at if known else None]
        return not item.settle or any(since is not None and now - since >= item.settle for since in seen)

    def _filed_at(self, item: Item) -> datetime:
        """When an item was filed: when it changed, yet not before the last pull that would have seen it."""
        times = (item.modified_at, self.opened.complete_at)
        latest = max((moment for moment in times if moment is not None), default=self.opened.started_at)
        return min(latest if item.modified_at else self.opened.started_at, datetime.now(UTC))

    def _failed(self, what: str, error: Exception) -> None:
        reason = str(error) if isinstance(error, TaizhangError) else f"{type(error).__name__}: {error}"
        self.report.failures.append(self._safe(f"{what}: {reason}"))
        log.warning("source %s: %s", self.source.name, self.report.failures[-1])

    def _safe(self, message: str) -> str:
        """The message in one line, without any secret of the source."""
        for secret in filter(None, self.peer.hidden):
            message = message.replace(secret, "***")
        return textwrap.shorten(message, 300, placeholder=" …")


def _still_there(known: Known) -> Path | None:
    """Where an item lies that was taken before; None when it was not, or is no longer in the inbox."""
    place = settings().inbox_dir / known.inbox_uri if known.inbox_uri else None
    return place if place is not None and place.exists() else None

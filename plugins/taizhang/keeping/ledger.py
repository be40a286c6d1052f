"""What a run of housekeeping removes and keeps: written down before anything goes, sealed in the end."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.evidence.hashing import content_sha256
from taizhang.evidence.removals import removals_content

KILLED = "killed before it ended"

_RECORD = text(
    """
    insert into audit.removal (
        housekeeping_run_id, kind, subject, submission_id, policy, reason, row_count, byte_size, sha256, detail
    )
    values (
        :run_id, :kind, :subject, :submission_id, :policy, :reason, :row_count, :byte_size, :sha256,
        cast(:detail as jsonb)
    )
    """
)
_END = text(
    """
    update ops.housekeeping_run
    set
        state = :state, finished_at = now(), report = cast(:report as jsonb), failure = :failure,
        content = cast(:content as jsonb), sha256 = :sha256
    where housekeeping_run_id = :run_id
    """
)


@dataclass(frozen=True)
class Removal:
    """One thing to remove: what, by which entry of the policy, why, and the hash of what it is."""

    kind: str
    subject: str
    policy: str
    reason: str
    sha256: str
    submission_id: int | None = None
    row_count: int | None = None
    byte_size: int | None = None
    detail: dict[str, Any] | None = None


@dataclass(frozen=True)
class Kept:
    """Something old enough to go that stays, and why."""

    kind: str
    subject: str
    why: str


@dataclass
class Ledger:
    """The account of one run; without a number it is a dry run, which says what would go and removes nothing."""

    run_id: int | None = None
    removed: list[Removal] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    @property
    def applies(self) -> bool:
        """True when what is found is also removed."""
        return self.run_id is not None

    def record(self, connection: Connection, removals: Sequence[Removal]) -> None:
        """Write removals down in the caller's transaction; the things themselves go with it, or after it."""
        self.removed += removals
        if not self.applies or not removals:
            return
        rows = [
            vars(one) | {"run_id": self.run_id, "detail": None if one.detail is None else json.dumps(one.detail)}
            for one in removals
        ]
        connection.execute(_RECORD, rows)

    def report(self) -> dict[str, Any]:
        """Return what went and what stayed, by kind."""
        kinds = sorted({one.kind for one in self.removed} | {one.kind for one in self.kept})
        return {
            "removed": {kind: self._sum_of(kind) for kind in kinds},
            "kept": [vars(one) for one in self.kept],
            "done": self.done,
        }

    def _sum_of(self, kind: str) -> dict[str, int]:
        of_kind = [one for one in self.removed if one.kind == kind]
        return {
            "count": len(of_kind),
            "rows": sum(one.row_count or 0 for one in of_kind),
            "bytes": sum(one.byte_size or 0 for one in of_kind),
        }


@contextmanager
def opened(engine: Engine, policy: dict[str, Any]) -> Iterator[Ledger]:
    """Open a run that removes what it finds, and seal it however it ends; the caller holds the lock of housekeeping.

    A run that was killed is sealed first: what it had written down has gone, or goes now.
    """
    with engine.begin() as connection:
        killed = connection.scalars(
            text("select housekeeping_run_id from ops.housekeeping_run where state = 'running'")
        ).all()
        for number in killed:
            _seal(connection, number, "error", None, KILLED)
        run_id = connection.scalar(
            text(
                "insert into ops.housekeeping_run (state, policy) values ('running', cast(:policy as jsonb))"
                " returning housekeeping_run_id"
            ),
            {"policy": json.dumps(policy)},
        )
    ledger = Ledger(run_id)
    try:
        yield ledger
    except Exception as error:
        with engine.begin() as connection:
            _seal(connection, int(run_id or 0), "error", ledger.report(), f"{type(error).__name__}: {error}")
        raise
    with engine.begin() as connection:
        _seal(connection, int(run_id or 0), "done", ledger.report(), None)


def _seal(connection: Connection, run_id: int, state: str, report: dict[str, Any] | None, failure: str | None) -> None:
    content = removals_content(connection, run_id)
    values = {
        "run_id": run_id,
        "state": state,
        "report": None if report is None else json.dumps(report, ensure_ascii=False),
        "failure": failure,
        "content": json.dumps(content),
        "sha256": content_sha256(content),
    }
    connection.execute(_END, values)

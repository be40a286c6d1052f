"""What people decide about a submission that waits: one row of `ops.approval`, and the state that follows from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from taizhang.closing import chain
from taizhang.errors import TaizhangError
from taizhang.warehouse.closing_tables import approval

IN_REVIEW, HELD, READ, RETURNED = "in_review", "held", "read", "returned"


class DecisionError(TaizhangError):
    """There is nothing to decide about this submission now, or a reason is missing."""


@dataclass(frozen=True)
class Undecided:
    """A submission that waits for people."""

    submission_id: int
    unit_code: str
    report_month: date
    file_name: str
    state: str
    received_at: Any


_UNDECIDED = text(
    """
    select submission_id, unit_code, report_month, file_name, state, received_at
    from ops.submission where state = :state order by report_month, unit_code
    """
)
_LOCKED = text(
    """
    select submission_id, unit_code, report_month, file_name, state, received_at
    from ops.submission where submission_id = any(cast(:numbers as bigint[])) order by submission_id for update
    """
)
_MOVE = text(
    """
    with moved as (
        update ops.submission
        set state = :state, state_at = now(), reason_code = :reason_code, reason_zh = :reason_zh, reason_en = :reason_en
        where submission_id = any(cast(:numbers as bigint[]))
        returning submission_id
    )

    insert into ops.submission_event (submission_id, state, actor, detail)
    select submission_id, :state, :actor, cast(:detail as jsonb) from moved order by submission_id
    """
)
_NOTE = text(
    """
    insert into ops.submission_event (submission_id, state, actor, detail)
    values (:submission_id, :state, :actor, cast(:detail as jsonb))
    """
)
_DECIDED = text(
    """
    select decision, actor, reason, created_at from ops.approval
    where submission_id = :submission_id order by approval_id
    """
)


def undecided(connection: Connection, state: str) -> list[Undecided]:
    """Return the submissions that wait in a state (in_review or held), by month and unit."""
    return [Undecided(**row) for row in connection.execute(_UNDECIDED, {"state": state}).mappings()]


def lock_undecided(connection: Connection, numbers: Sequence[int], state: str) -> list[Undecided]:
    """Return these submissions, which nobody else can move until the transaction ends.

    DecisionError names the first that is not there or does not wait in this state (any more).
    """
    chain.hold(connection)
    found = {
        row["submission_id"]: Undecided(**row)
        for row in connection.execute(_LOCKED, {"numbers": list(numbers)}).mappings()
    }
    for number in numbers:
        if number not in found:
            raise DecisionError(f"there is no submission {number}")
        if found[number].state != state:
            raise DecisionError(f"submission {number} is {found[number].state}, it does not wait in the state {state}")
    return [found[number] for number in sorted(set(numbers))]


def write(connection: Connection, one: Undecided, decision: str, actor: str, reason: str) -> None:
    """Keep a decision about a submission; DecisionError without a reason."""
    values = {
        "decision": decision,
        "unit_code": one.unit_code,
        "report_month": one.report_month,
        "submission_id": one.submission_id,
        "actor": actor,
        "reason": require_reason(reason),
    }
    chain.append(connection, approval, values, {"file_name": one.file_name})


def note(connection: Connection, one: Undecided, actor: str, detail: Mapping[str, object]) -> None:
    """Let the submission's history say what was done while it went on waiting."""
    values = {"submission_id": one.submission_id, "state": one.state, "actor": actor, "detail": json.dumps(detail)}
    connection.execute(_NOTE, values)


def let_on(connection: Connection, numbers: Sequence[int], actor: str, detail: Mapping[str, object]) -> None:
    """Hand submissions to the next run of the gate, which judges them against what stands then."""
    _move(connection, numbers, READ, actor, detail)


def send_back(
    connection: Connection,
    numbers: Sequence[int],
    actor: str,
    reason_code: str,
    reason: str,
    detail: Mapping[str, object],
) -> None:
    """Return submissions to their units with a reason; what stands goes on standing."""
    _move(connection, numbers, RETURNED, actor, detail, reason_code, reason)


def decided(connection: Connection, submission_id: int) -> dict[str, Any]:
    """Return what was decided about a submission, by decision."""
    return {row.decision: row for row in connection.execute(_DECIDED, {"submission_id": submission_id})}


def require_reason(reason: str) -> str:
    """Return the reason; DecisionError when it says nothing."""
    if not reason.strip():
        raise DecisionError("a decision needs a reason")
    return reason.strip()


def _move(
    connection: Connection,
    numbers: Sequence[int],
    state: str,
    actor: str,
    detail: Mapping[str, object],
    reason_code: str | None = None,
    reason: str | None = None,
) -> None:
    values = {"reason_code": reason_code, "reason_zh": reason, "reason_en": reason, "detail": json.dumps(detail)}
    connection.execute(_MOVE, {"numbers": list(numbers), "state": state, "actor": actor, **values})

"""Restating a closed month: somebody above the unit asks for it with a reason, and another person approves.

Until then a submission for a closed month waits (`held`), and a correction of one is not used.
"""

from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.closing import chain
from taizhang.closing.decisions import (
    HELD,
    DecisionError,
    decided,
    let_on,
    lock_undecided,
    note,
    require_reason,
    send_back,
    undecided,
    write,
)
from taizhang.closing.month_state import closed_months
from taizhang.closing.people import Approvals, NotEntitledError
from taizhang.quality.amendments import Correction
from taizhang.quality.settled_months import entry_key
from taizhang.warehouse.closing_tables import approval

REQUESTED, APPROVED, REFUSED = "restatement_requested", "restatement_approved", "restatement_refused"
REASON_CODE = "restatement_refused"


def request(engine: Engine, submission_id: int, actor: str, reason: str, people: Approvals) -> None:
    """Ask that a submission for a closed month count, by a person above its unit.

    DecisionError when it does not wait, or was asked for already; NotEntitledError when the person is not above it.
    """
    with engine.begin() as connection:
        (one,) = lock_undecided(connection, [submission_id], HELD)
        people.require_above(actor, one.unit_code, one.report_month)
        if REQUESTED in (before := decided(connection, submission_id)):
            raise DecisionError(f"{before[REQUESTED].actor} has asked for a restatement by {submission_id} already")
        write(connection, one, REQUESTED, actor, reason)
        note(connection, one, actor, {"restatement": "requested", "reason": reason})


def approve(engine: Engine, submission_id: int, actor: str, reason: str, people: Approvals) -> None:
    """Let a submission on to the gate, which judges it anew and puts it into force; by another person than who asked.

    DecisionError when it does not wait or nobody asked; NotEntitledError for whoever asked, or is not above the unit.
    """
    with engine.begin() as connection:
        (one,) = lock_undecided(connection, [submission_id], HELD)
        people.require_above(actor, one.unit_code, one.report_month)
        asked = decided(connection, submission_id).get(REQUESTED)
        _require_other(asked.actor if asked else None, actor, f"submission {submission_id}")
        write(connection, one, APPROVED, actor, reason)
        let_on(connection, [submission_id], actor, {"restatement": "approved", "reason": reason})


def refuse(engine: Engine, submission_id: int, actor: str, reason: str, people: Approvals) -> None:
    """Return a submission for a closed month to its unit; raises as `request`."""
    with engine.begin() as connection:
        (one,) = lock_undecided(connection, [submission_id], HELD)
        people.require_above(actor, one.unit_code, one.report_month)
        write(connection, one, REFUSED, actor, reason)
        detail = {"restatement": "refused", "reason": reason}
        send_back(connection, [submission_id], actor, REASON_CODE, reason, detail)


def request_correction(engine: Engine, correction: Correction, actor: str, reason: str, people: Approvals) -> None:
    """Ask that a correction of a closed month, as its entry stands in the files, count; raises as `request`."""
    with engine.begin() as connection:
        before = _correction_decided(connection, correction, actor, people)
        if REQUESTED in before:
            raise DecisionError(f"{before[REQUESTED]} has asked for correction {correction.id} already")
        _write_correction(connection, correction, REQUESTED, actor, reason)


def approve_correction(engine: Engine, correction: Correction, actor: str, reason: str, people: Approvals) -> None:
    """Let the next run of the gate use a correction of a closed month; raises as `approve`."""
    with engine.begin() as connection:
        before = _correction_decided(connection, correction, actor, people)
        if APPROVED in before:
            raise DecisionError(f"{before[APPROVED]} has approved correction {correction.id} already")
        _require_other(before.get(REQUESTED), actor, f"correction {correction.id}")
        _write_correction(connection, correction, APPROVED, actor, reason)


_LISTED = text(
    """
    select
        decided.approval_id, decided.decision, decided.unit_code, decided.report_month, decided.submission_id,
        decided.amendment_id, decided.actor, decided.reason, decided.created_at,
        (
            select min(scope.publication_id)
            from ops.publication_scope as scope
            inner join ops.publication as publication on scope.publication_id = publication.publication_id
            where scope.submission_id = decided.submission_id and publication.state = 'published'
        ) as publication_id
    from ops.approval as decided
    where decided.decision like 'restatement%'
    order by decided.approval_id
    """
)


def listed(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return what waits for a restatement, and all that was decided, with the publication that first showed it."""
    with engine.connect() as connection:
        return {
            "held": [vars(one) for one in undecided(connection, HELD)],
            "decided": [dict(row) for row in connection.execute(_LISTED).mappings()],
        }


def _correction_decided(
    connection: Connection, correction: Correction, actor: str, people: Approvals
) -> dict[str, str]:
    """Who has decided what about this entry so far; nobody else decides until the transaction ends."""
    chain.hold(connection)
    people.require_above(actor, correction.unit, correction.month)
    if correction.month not in closed_months(connection):
        raise DecisionError(f"{correction.month:%Y-%m} is not closed: correction {correction.id} needs no restatement")
    amendment_id, entry = entry_key(correction)
    rows = connection.execute(
        text("select decision, actor from ops.approval where amendment_id = :id and entry_sha256 = :entry"),
        {"id": amendment_id, "entry": entry},
    )
    return {row.decision: row.actor for row in rows}


def _write_correction(connection: Connection, correction: Correction, decision: str, actor: str, reason: str) -> None:
    amendment_id, entry = entry_key(correction)
    values = {
        "decision": decision,
        "unit_code": correction.unit,
        "report_month": correction.month,
        "amendment_id": amendment_id,
        "entry_sha256": entry,
        "actor": actor,
        "reason": require_reason(reason),
    }
    chain.append(connection, approval, values, {"entry": correction.entry})


def _require_other(asked_by: str | None, actor: str, about: str) -> None:
    """Two people: one who asked, and another one."""
    if asked_by is None:
        raise DecisionError(f"nobody has asked for a restatement by {about} yet")
    if asked_by == actor:
        raise NotEntitledError(f"{actor} has asked for the restatement by {about}: another person approves it")

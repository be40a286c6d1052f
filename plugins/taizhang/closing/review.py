"""Reviews: people of a city accept or return what the units below it sent, before it counts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine

from taizhang.closing.decisions import IN_REVIEW, Undecided, let_on, lock_undecided, send_back, undecided, write
from taizhang.closing.people import Approvals

REASON_CODE = "returned_by_review"


def waiting(engine: Engine, people: Approvals, region: str | None = None) -> list[tuple[Undecided, str | None]]:
    """Return the submissions that wait for a review, each with the region whose people review it now.

    None when nobody does any more: the data team lets them on. `region` narrows it to those of one region.
    """
    with engine.connect() as connection:
        found = undecided(connection, IN_REVIEW)
    listed = [(one, _reviewed_by(people, one.unit_code, one.report_month)) for one in found]
    return [(one, code) for one, code in listed if region in (None, code)]


def accept(engine: Engine, numbers: Sequence[int], actor: str, reason: str, people: Approvals) -> None:
    """Let submissions on to the gate, which judges them anew and puts them into force; all of them or none.

    DecisionError when one does not wait for a review (any more), NotEntitledError when the person does not review it.
    """
    with engine.begin() as connection:
        found = lock_undecided(connection, numbers, IN_REVIEW)
        for one in found:
            people.require_reviewer(actor, one.unit_code, one.report_month)
            write(connection, one, "review_accepted", actor, reason)
        let_on(connection, [one.submission_id for one in found], actor, {"review": "accepted", "reason": reason})


def give_back(engine: Engine, numbers: Sequence[int], actor: str, reason: str, people: Approvals) -> None:
    """Return submissions to their units, which find the reason in the outbox; raises as `accept`."""
    with engine.begin() as connection:
        found = lock_undecided(connection, numbers, IN_REVIEW)
        for one in found:
            people.require_reviewer(actor, one.unit_code, one.report_month)
            write(connection, one, "review_returned", actor, reason)
        returned = [one.submission_id for one in found]
        send_back(connection, returned, actor, REASON_CODE, reason, {"review": "returned", "reason": reason})


def _reviewed_by(people: Approvals, unit_code: str, month: date) -> str | None:
    review = people.review_of(unit_code, month)
    return review.region if review else None

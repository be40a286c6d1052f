"""The state of a month: open, laid before people (closing), closed. A closed month stays closed; it can be restated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.closing import chain
from taizhang.closing.due import last_due_day
from taizhang.closing.laid_before import document
from taizhang.closing.people import Approvals
from taizhang.errors import TaizhangError
from taizhang.publication.scope import changed_scope
from taizhang.quality.amendments import today
from taizhang.warehouse.closing_tables import month_close

OPEN, CLOSING, CLOSED = "open", "closing", "closed"


class MonthStateError(TaizhangError):
    """The month is not in the state that the step needs, or has nothing to show."""


class OutdatedError(MonthStateError):
    """What was laid before the person is not what stands now; it has to be laid before him anew."""


@dataclass(frozen=True)
class MonthEvent:
    """A change of a month's state: what was shown or certified, by whom, why, and its hash."""

    report_month: date
    state: str
    publication_id: int
    actor: str
    reason: str
    content: dict[str, Any]
    sha256: str


_NEWEST = text(
    """
    select distinct on (report_month) report_month, state, publication_id, actor, reason, content, sha256
    from ops.month_close
    where cast(:month as date) is null or report_month = :month
    order by report_month, event_id desc
    """
)
_PUBLISHED_MONTHS = text(
    """
    select distinct scope.report_month
    from ops.publication_scope as scope
    inner join ops.publication as publication on scope.publication_id = publication.publication_id
    where publication.state = 'published' and scope.submission_id is not null
    order by scope.report_month
    """
)
_CURRENT = "select publication_id from ops.current_publication"


def newest(connection: Connection, month: date | None = None) -> list[MonthEvent]:
    """Return the newest change of each month, or of one; a month that never changed is open and has none."""
    return [MonthEvent(**row) for row in connection.execute(_NEWEST, {"month": month}).mappings()]


def closed_months(connection: Connection) -> frozenset[date]:
    """Return the months that are closed."""
    return frozenset(connection.scalars(text("select report_month from ops.month_close where state = 'closed'")))


def published_months(connection: Connection) -> list[date]:
    """Return the months of which anything was published, in order."""
    return list(connection.scalars(_PUBLISHED_MONTHS))


def due_months(engine: Engine, on: date | None = None) -> list[date]:
    """Return the published months that are not closed although the last day of filing them has passed."""
    day = on or today()
    with engine.connect() as connection:
        closed = closed_months(connection)
        months = published_months(connection)
    return [month for month in months if month not in closed and (due := last_due_day(month)) is not None and due < day]


def lay_before(engine: Engine, month: date, actor: str, reason: str, asked: Iterable[str]) -> MonthEvent:
    """Lay the month as it is published now before people; what was laid before them already is laid but once.

    MonthStateError when the month is closed or was not published; OutdatedError when something has been judged since
    the last publication.
    """
    with engine.begin() as connection:
        chain.hold(connection)
        publication_id = _publication_of(connection, month)
        shown = {**document(connection, month, publication_id), "asked": sorted(asked)}
        last = next(iter(newest(connection, month)), None)
        if last is not None and last.state == CLOSING and shown.items() <= last.content.items():
            return last
        return _append(connection, month, CLOSING, publication_id, actor, reason, shown)


def approve(engine: Engine, month: date, laid_sha256: str, actor: str, comment: str, people: Approvals) -> MonthEvent:
    """Close the month with the publication that was laid before the person; the event is its final certificate.

    OutdatedError, and nothing changes, when anything has changed since: another publication, a submission or correction
    that came into force, or the month was laid before people anew. NotEntitledError when the person may not.
    """
    people.require_approver(actor)
    with engine.begin() as connection:
        chain.hold(connection)
        laid = _laid(connection, month, laid_sha256)
        if _publication_of(connection, month) != laid.publication_id:
            raise OutdatedError(f"a newer publication has appeared since {month:%Y-%m} was shown; lay it before anew")
        kept = ("certificate_sha256", "control_totals", "coverage", "findings", "waiting", "revisions")
        final = {"is_final": True, "laid_sha256": laid_sha256, **{name: laid.content[name] for name in kept}}
        return _append(connection, month, CLOSED, laid.publication_id, actor, comment or "批准", final)


def reject(engine: Engine, month: date, laid_sha256: str, actor: str, reason: str, people: Approvals) -> MonthEvent:
    """Leave the month open, with the reason; raises as `approve`, and MonthStateError without a reason."""
    people.require_approver(actor)
    if not reason.strip():
        raise MonthStateError(f"{month:%Y-%m}: say why it stays open")
    with engine.begin() as connection:
        chain.hold(connection)
        laid = _laid(connection, month, laid_sha256)
        return _append(connection, month, OPEN, laid.publication_id, actor, reason, {"laid_sha256": laid_sha256})


def _laid(connection: Connection, month: date, laid_sha256: str) -> MonthEvent:
    """The event by which the month was laid before people, if it is still the newest."""
    last = next(iter(newest(connection, month)), None)
    if last is None or last.state != CLOSING:
        state = last.state if last else OPEN
        raise MonthStateError(f"{month:%Y-%m} is {state}: it is not laid before anybody")
    if last.sha256 != laid_sha256:
        raise OutdatedError(f"{month:%Y-%m} was laid before people anew since; look at it again")
    return last


def _publication_of(connection: Connection, month: date) -> int:
    """The publication that readers see, unchanged until the transaction ends; it must show all of the month."""
    publication_id = connection.scalar(text(f"{_CURRENT} for update"))
    if publication_id is None or month not in published_months(connection):
        raise MonthStateError(f"nothing of {month:%Y-%m} was published")
    if month in closed_months(connection):
        raise MonthStateError(f"{month:%Y-%m} is closed already")
    if any(entry.report_month == month for entry in changed_scope(connection).entries):
        raise OutdatedError(
            f"something of {month:%Y-%m} was judged since publication {publication_id}; publish it first"
        )
    return int(publication_id)


def _append(
    connection: Connection, month: date, state: str, publication_id: int, actor: str, reason: str, more: dict[str, Any]
) -> MonthEvent:
    values = {
        "report_month": month,
        "state": state,
        "publication_id": publication_id,
        "actor": actor,
        "reason": reason,
    }
    sha256 = chain.append(connection, month_close, values, more)
    event = newest(connection, month)[0]
    if event.sha256 != sha256:
        raise MonthStateError(f"{month:%Y-%m} was changed at the same time")
    return event

"""Legal holds: units, months and submissions of which nothing is removed until they are released."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.errors import TaizhangError

_PLACE = text(
    """
    insert into ops.legal_hold (unit_code, report_month, submission_id, reason, held_by, held_until)
    values (:unit_code, :report_month, :submission_id, :reason, :held_by, :held_until)
    returning legal_hold_id
    """
)
_RELEASE = text(
    """
    update ops.legal_hold
    set released_at = now(), released_by = :released_by, release_reason = :reason
    where legal_hold_id = :number and released_at is null
    """
)
_ALL = text(
    """
    select *, released_at is null and (held_until is null or held_until >= current_date) as is_active
    from ops.legal_hold
    order by legal_hold_id
    """
)
_HELD = text(
    """
    select distinct s.submission_id
    from ops.submission as s
    inner join ops.legal_hold as h
        on (h.unit_code is null or h.unit_code = s.unit_code)
        and (h.report_month is null or h.report_month = s.report_month)
        and (h.submission_id is null or h.submission_id = s.submission_id)
    where s.submission_id = any(:submissions) and h.released_at is null
        and (h.held_until is null or h.held_until >= current_date)
    """
)
_HELD_MONTHS = text(
    """
    select distinct coalesce(h.report_month, s.report_month) as report_month
    from ops.legal_hold as h
    left join ops.submission as s on s.submission_id = h.submission_id
    where h.released_at is null and (h.held_until is null or h.held_until >= current_date)
    """
)


class HoldError(TaizhangError):
    """The hold cannot be placed or released; the message says why."""


@dataclass(frozen=True)
class Hold:
    """A unit, a month, both, or one submission; `until` is the last day, None: until released."""

    reason: str
    held_by: str
    unit_code: str | None = None
    report_month: date | None = None
    submission_id: int | None = None
    until: date | None = None


def place(engine: Engine, hold: Hold) -> int:
    """Place a hold and return its number; HoldError when it names nothing, nobody or no reason, or is over already."""
    if hold.unit_code is None and hold.report_month is None and hold.submission_id is None:
        raise HoldError("a hold needs a unit, a month or a submission")
    if not hold.reason.strip() or not hold.held_by.strip():
        raise HoldError("a hold needs a reason and whoever holds")
    with engine.begin() as connection:
        if hold.until is not None and hold.until < connection.scalar(text("select current_date")):
            raise HoldError(f"{hold.until} is over already")
        if hold.submission_id is not None:
            known = text("select 1 from ops.submission where submission_id = :number")
            if connection.scalar(known, {"number": hold.submission_id}) is None:
                raise HoldError(f"there is no submission {hold.submission_id}")
        values: dict[str, Any] = vars(hold) | {"held_until": hold.until}
        return int(connection.execute(_PLACE, values).scalar_one())


def release(engine: Engine, number: int, released_by: str, reason: str) -> None:
    """Release a hold; HoldError when there is none of this number, or it was released before."""
    if not reason.strip() or not released_by.strip():
        raise HoldError("a release needs a reason and whoever releases")
    with engine.begin() as connection:
        values = {"number": number, "released_by": released_by, "reason": reason}
        if connection.execute(_RELEASE, values).rowcount == 0:
            raise HoldError(f"there is no hold {number} that could be released")


def holds(engine: Engine) -> list[dict[str, Any]]:
    """Return all holds ever placed, each with whether it still holds."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(_ALL).mappings()]


def held(connection: Connection, submissions: Sequence[int]) -> set[int]:
    """Return which of these submissions are held."""
    return set(connection.scalars(_HELD, {"submissions": list(submissions)})) if submissions else set()


def held_months(connection: Connection) -> set[date | None]:
    """Return the months of which something is held; with None among them: all months."""
    return set(connection.scalars(_HELD_MONTHS))

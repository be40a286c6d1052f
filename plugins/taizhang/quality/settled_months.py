"""What waivers and corrections may still do in months that are closed: nothing that two people have not restated."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, text

from taizhang.closing.month_state import closed_months
from taizhang.errors import TaizhangError
from taizhang.evidence.hashing import content_sha256
from taizhang.quality.amendments import Amendments, Correction

log = logging.getLogger(__name__)


class MonthClosedMeanwhileError(TaizhangError):
    """A month was closed while the gate was at work: nothing is decided, the next run goes by it."""


@dataclass(frozen=True)
class Settled:
    """The waivers and corrections that a run of the gate may use.

    `held` are corrections of closed months that wait for a restatement. `restated` are the units and months of which an
    approved correction is not in effect yet; nothing else brings what is in force in a closed month back.
    """

    amendments: Amendments
    closed: frozenset[date]
    held: tuple[Correction, ...]
    restated: frozenset[tuple[str, date]]


# What the submission in force was judged with last.
_IN_EFFECT = text(
    """
    select s.unit_code, s.report_month, a.amendment_id, a.entry
    from ops.submission as s
    inner join lateral (
        select max(j.gate_run_id) as gate_run_id from audit.judgement as j where j.submission_id = s.submission_id
    ) as j on true
    inner join audit.amendment as a
        on a.submission_id = s.submission_id and a.gate_run_id = j.gate_run_id and a.kind = 'correction'
    where s.state = 'accepted' and s.report_month = any(cast(:months as date[]))
    """
)
_APPROVED = text("select amendment_id, entry_sha256 from ops.approval where decision = 'restatement_approved'")
_IN_FORCE = text(
    """
    select submission_id, unit_code, report_month
    from ops.submission
    where
        submission_id = any(cast(:numbers as bigint[])) and state = 'accepted'
        and report_month = any(cast(:months as date[]))
    """
)


def settle(connection: Connection, amendments: Amendments) -> Settled:
    """Leave out the corrections of closed months that are neither in effect nor restated.

    An approved one waits too while an entry that is in effect is missing from the files: judging the month again would
    undo that one, which nobody approved.
    """
    closed = closed_months(connection)
    touching = [one for one in amendments.active_corrections if one.month in closed]
    if not touching:
        return Settled(amendments, closed, (), frozenset())
    rows = connection.execute(_IN_EFFECT, {"months": sorted(closed)}).all()
    in_effect = {(row.amendment_id, content_sha256(row.entry)): (row.unit_code, row.report_month) for row in rows}
    approved = {(row.amendment_id, row.entry_sha256) for row in connection.execute(_APPROVED)}
    keys = {one.id: entry_key(one) for one in touching}
    broken = {place for key, place in in_effect.items() if key not in keys.values()}
    new = {one.id for one in touching if keys[one.id] not in in_effect}
    held = tuple(
        one for one in touching if one.id in new and (keys[one.id] not in approved or (one.unit, one.month) in broken)
    )
    for one in held:
        log.warning("correction %s waits: %s is closed and it has not been restated", one.id, f"{one.month:%Y-%m}")
    restated = {(one.unit, one.month) for one in touching if one.id in new and one not in held}
    kept = tuple(one for one in amendments.corrections if one not in held)
    return Settled(replace(amendments, corrections=kept), closed, held, frozenset(restated))


def entry_key(correction: Correction) -> tuple[str, str]:
    """What an approval of a correction names: its id, and the hash of its entry as it stands."""
    return correction.id, content_sha256(correction.entry)


def without_settled(connection: Connection, numbers: Collection[int], settled: Settled) -> list[int]:
    """Leave out what is in force in a closed month, unless a correction of it was restated."""
    rows = connection.execute(_IN_FORCE, {"numbers": list(numbers), "months": sorted(settled.closed)})
    kept_apart = {row.submission_id for row in rows if (row.unit_code, row.report_month) not in settled.restated}
    return [number for number in numbers if number not in kept_apart]


def require_same_months(connection: Connection, settled: Settled) -> None:
    """MonthClosedMeanwhileError when another month is closed than when the run began."""
    if meanwhile := closed_months(connection) - settled.closed:
        raise MonthClosedMeanwhileError(
            f"{min(meanwhile):%Y-%m} was closed while the gate judged; the next run decides"
        )

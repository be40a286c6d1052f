"""How things stand with each waiver and correction: it waits, applies, was applied, does not fit, has expired."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from taizhang.quality.amendments import Amendment, Amendments, Correction, Waiver
from taizhang.quality.corrections import CorrectionError, Submitted, is_done, locate, require_fit
from taizhang.quality.row_conditions import literal
from taizhang.quality.settled_months import settle
from taizhang.quality.statements import WAREHOUSE, run
from taizhang.quality.waivers import covers

WAITING, APPLIES, APPLIED, DONE, STALE, EXPIRED = "waiting", "applies", "applied", "done", "stale", "expired"
HELD = "held"


@dataclass(frozen=True)
class AmendmentState:
    """A waiver or correction and what becomes of it; `detail` says what does not fit, `submissions` what it is about.

    waiting: nothing has arrived that it is about. applies: the next run of the gate uses it. applied: what stands was
    judged with it. done: the unit has put the new value there itself. stale: it does not fit, and stops the next run
    that comes to it. expired: it no longer counts. held: its month is closed, and two people have not restated it.
    """

    id: str
    kind: str
    unit: str
    months: str
    about: str
    state: str
    detail: str | None
    submissions: tuple[int, ...]


def amendment_states(connection: Connection, amendments: Amendments) -> list[AmendmentState]:
    """Look at every waiver and correction; nothing is changed."""
    held = settle(connection, amendments).held
    return [
        *(_state_of_waiver(connection, waiver, amendments) for waiver in amendments.waivers),
        *(
            _held(correction) if correction in held else _state_of_correction(connection, correction, amendments)
            for correction in amendments.corrections
        ),
    ]


def _held(correction: Correction) -> AmendmentState:
    return _described(correction, HELD, None, ())


def _used(connection: Connection, amendment: Amendment) -> list[int]:
    """What stands, or was held back last, and was judged with the amendment."""
    found = connection.execute(
        text(
            "select submission_id from audit.unit_month_amendment"
            " where unit_code = :unit and amendment_id = :id order by submission_id"
        ),
        {"unit": amendment.unit, "id": amendment.id},
    )
    return list(found.scalars())


def _state_of_waiver(connection: Connection, waiver: Waiver, amendments: Amendments) -> AmendmentState:
    used = _used(connection, waiver)
    if waiver.has_expired(amendments.on):
        state, about = EXPIRED, used
    elif found := _uncovered(connection, waiver):
        state, about = APPLIES, found
    else:
        state, about = (APPLIED if used else WAITING), used
    months = f"{waiver.months.first:%Y-%m}..{waiver.months.last:%Y-%m}"
    named = f"{waiver.rule} {waiver.subject}" if waiver.subject else waiver.rule
    return AmendmentState(waiver.id, "waiver", waiver.unit, months, named, state, None, tuple(about))


def _uncovered(connection: Connection, waiver: Waiver) -> list[int]:
    """What stands, or was held back last, with a finding that the waiver would cover and none did."""
    found = run(
        connection,
        f"""
        with judged as (
            select j.submission_id, j.unit_code, j.report_month, max(j.gate_run_id) as gate_run_id
            from audit.judgement as j
            inner join ops.submission as s on s.submission_id = j.submission_id
            where j.unit_code = {literal(waiver.unit)} and s.state in ('accepted', 'quarantined') and not exists (
                select from ops.submission as n
                where n.unit_code = s.unit_code and n.report_month = s.report_month
                    and (n.received_at, n.submission_id) > (s.received_at, s.submission_id)
                    and (n.state = 'read'
                        or (s.state = 'quarantined' and n.state in ('accepted', 'quarantined', 'superseded')))
            )
            group by j.submission_id, j.unit_code, j.report_month
        )
        select distinct s.submission_id from judged as s
        inner join audit.finding as f on f.submission_id = s.submission_id and f.gate_run_id = s.gate_run_id
        where f.waiver_id is null and {covers(waiver, "f", "s")}
        order by s.submission_id""",
    )
    return list(found.scalars())


def _state_of_correction(connection: Connection, correction: Correction, amendments: Amendments) -> AmendmentState:
    about, detail = _in_question(connection, correction), None
    if correction.has_expired(amendments.on):
        state = EXPIRED
    else:
        try:
            states = {_state_in(connection, correction, row) for row in about}
            state = next((one for one in (APPLIES, APPLIED, DONE) if one in states), WAITING)
        except CorrectionError as error:
            state, detail = STALE, str(error)
    return _described(correction, state, detail, tuple(row["submission_id"] for row in about))


def _described(correction: Correction, state: str, detail: str | None, about: tuple[int, ...]) -> AmendmentState:
    return AmendmentState(
        correction.id,
        "correction",
        correction.unit,
        f"{correction.month:%Y-%m}",
        f"{correction.definition.title} {correction.subject} {correction.target.label}",
        state,
        detail,
        about,
    )


def _in_question(connection: Connection, correction: Correction) -> list[dict[str, Any]]:
    """The unit's submissions of the month that wait, and what stands or was held back last while none newer waits.

    Each with the entry and the number of cells of this correction with which it was judged last.
    """
    found = connection.execute(
        text(
            """
            with version as (
                select submission_id, file_name, state,
                    row_number() over (order by received_at desc, submission_id desc) as newest_first,
                    bool_or(state = 'read') over (
                        order by received_at desc, submission_id desc rows unbounded preceding exclude current row
                    ) as is_followed
                from ops.submission
                where unit_code = :unit and report_month = :month
                    and state in ('read', 'accepted', 'quarantined', 'superseded')
            )
            select v.submission_id, v.file_name, v.state, a.entry, a.finding_count
            from version as v
            left join lateral (
                select max(j.gate_run_id) as gate_run_id from audit.judgement as j
                where j.submission_id = v.submission_id
            ) as j on true
            left join audit.amendment as a
                on a.submission_id = v.submission_id and a.gate_run_id = j.gate_run_id and a.amendment_id = :id
            where v.state = 'read' or (v.is_followed is not true
                and (v.state = 'accepted' or (v.state = 'quarantined' and v.newest_first = 1)))
            order by v.submission_id"""
        ),
        {"unit": correction.unit, "month": correction.month, "id": correction.id},
    )
    return [dict(row) for row in found.mappings()]


def _state_in(connection: Connection, correction: Correction, row: dict[str, Any]) -> str:
    """How the correction stands in one submission; CorrectionError when it does not fit."""
    if row["entry"] == correction.entry:
        return APPLIED if row["finding_count"] else DONE
    submitted = Submitted(row["submission_id"], row["file_name"])
    cell = locate(connection, WAREHOUSE, correction, submitted)
    if is_done(correction, cell):
        return DONE
    require_fit(correction, cell, submitted)
    return APPLIES

"""Judging again: what stands, or was held back last, when a waiver or a correction of it has changed."""

import json
from datetime import date

from sqlalchemy import Connection

from taizhang.quality.amendments import Amendments
from taizhang.quality.corrected_rows import COLUMNS
from taizhang.quality.corrections import CorrectionError
from taizhang.quality.decision import Decision
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run
from taizhang.quality.waivers import covers


def find_amended(connection: Connection, place: Workplace, amendments: Amendments) -> list[int]:
    """Return the submissions that have to be judged again.

    That is the accepted one of a unit's month while no newer one waits, and the newest if it was held back, when a
    correction is new, changed or gone, or a waiver covers more than it did. What merely expired brings nothing back.
    """
    _write_entries(connection, place, amendments)
    touched = " union ".join([_corrected_months(place), _waived_months(amendments)])
    changed = " or ".join([_correction_is_new(place), _correction_is_gone(place), *_waivers_cover_more(amendments)])
    found = run(
        connection,
        f"""
        with touched as ({touched}),
        judged as (
            select j.submission_id, j.unit_code, j.report_month, max(j.gate_run_id) as gate_run_id
            from touched as t
            inner join audit.judgement as j on j.unit_code = t.unit_code and j.report_month = t.report_month
            group by j.submission_id, j.unit_code, j.report_month
        ),
        version as (
            select j.*, s.state, s.received_at,
                row_number() over (
                    partition by j.unit_code, j.report_month order by s.received_at desc, s.submission_id desc
                ) as newest_first
            from judged as j
            inner join ops.submission as s on s.submission_id = j.submission_id
        ),
        standing as (
            select v.*
            from version as v
            where (v.state = 'accepted' or (v.state = 'quarantined' and v.newest_first = 1))
                and not exists (
                    select from ops.submission as w
                    where w.state = 'read' and w.unit_code = v.unit_code and w.report_month = v.report_month
                        and (w.received_at, w.submission_id) > (v.received_at, v.submission_id)
                )
        )
        select s.submission_id from standing as s where {changed} order by s.submission_id""",
    )
    return list(found.scalars())


def _write_entries(connection: Connection, place: Workplace, amendments: Amendments) -> None:
    """Make `<gate>.amendment_entry`: every entry of the files, and whether it still counts."""
    active = {entry.id for entry in (*amendments.active_waivers, *amendments.active_corrections)}
    rows = [
        {"amendment_id": one.id, "kind": kind, "is_active": one.id in active, "unit_code": one.unit,
         "report_month": None if month is None else month.isoformat(), "entry": one.entry}
        for kind, listed in (("waiver", amendments.waivers), ("correction", amendments.corrections))
        for one in listed
        for month in [getattr(one, "month", None)]
    ]  # fmt: skip
    run(connection, f"drop table if exists {place.gate}.amendment_entry")
    run(
        connection,
        f"""
        {place.create} {place.gate}.amendment_entry as
        select * from jsonb_to_recordset({literal(json.dumps(rows, ensure_ascii=False))}::jsonb) as given (
            amendment_id text, kind text, is_active boolean, unit_code text, report_month date, entry jsonb
        )""",
    )


def _corrected_months(place: Workplace) -> str:
    """SQL: units and months of corrections, and of cells that were corrected."""
    return f"""
        select unit_code, report_month from {place.gate}.amendment_entry where kind = 'correction' and is_active
        union
        select s.unit_code, s.report_month from ops.submission as s
        where s.submission_id in (select submission_id from raw.cell_correction)"""


def _waived_months(amendments: Amendments) -> str:
    """SQL: units and months of waivers for which something was judged."""
    spans = [(waiver.unit, waiver.months.first, waiver.months.last) for waiver in amendments.active_waivers]
    nothing: tuple[str, date, date] = ("", date.max, date.min)
    return " union ".join(
        f"select unit_code, report_month from audit.judgement where unit_code = {literal(unit)}"
        f" and report_month between date '{first}' and date '{last}'"
        for unit, first, last in (spans or [nothing])
    )


def _correction_is_new(place: Workplace) -> str:
    """SQL: the submission `s` was not judged with a correction of its month as it stands now."""
    return f"""
        exists (
            select from {place.gate}.amendment_entry as e
            where e.kind = 'correction' and e.is_active and e.unit_code = s.unit_code
                and e.report_month = s.report_month and not exists (
                    select from audit.amendment as a
                    where a.submission_id = s.submission_id and a.gate_run_id = s.gate_run_id
                        and a.amendment_id = e.amendment_id and a.entry = e.entry
                )
        )"""


def _correction_is_gone(place: Workplace) -> str:
    """SQL: a cell of the submission `s` is corrected, yet no file says so any more."""
    return f"""
        exists (
            select from raw.cell_correction as k
            where k.submission_id = s.submission_id and not exists (
                select from {place.gate}.amendment_entry as e
                where e.kind = 'correction' and e.amendment_id = k.correction_id
                    and e.unit_code = s.unit_code and e.report_month = s.report_month
            )
        )"""


def _waivers_cover_more(amendments: Amendments) -> list[str]:
    """SQL, one for each waiver: it covers a finding on the submission `s` that no waiver covered."""
    return [
        "exists (select from audit.finding as f where f.submission_id = s.submission_id"
        f" and f.gate_run_id = s.gate_run_id and f.waiver_id is null and {covers(waiver, 'f', 's')})"
        for waiver in amendments.active_waivers
    ]


def require_standing(connection: Connection, place: Workplace, decisions: list[Decision]) -> None:
    """CorrectionError when a submission in force contradicts a blocking rule now that it was judged again."""
    were_accepted = set(
        run(connection, f"select submission_id from {place.gate}.batch where state_before = 'accepted'").scalars()
    )
    for decision in decisions:
        if decision.state == "quarantined" and decision.submission_id in were_accepted:
            raise CorrectionError(_cannot_stand(connection, place, decision))


def _cannot_stand(connection: Connection, place: Workplace, decision: Decision) -> str:
    """What contradicts, and the entries of the files that led to it."""
    number = decision.submission_id
    first = run(
        connection,
        f"select check_id || ' ' || message_zh from {place.gate}.finding where submission_id = {number}"
        " and severity = 'block' and verdict = 'contradiction' and waiver_id is null"
        " order by check_id, row_number limit 1",
    ).scalar_one()
    corrections = run(
        connection,
        f"select distinct correction_id from {place.gate}.cell_correction where submission_id = {number} order by 1",
    ).scalars()
    return (
        f"{decision.file_name} ({decision.unit_code} {decision.report_month:%Y-%m}, submission {number}) is in force,"
        f" yet judged again with {', '.join(corrections) or 'no correction'} it would be held back: {first}"
    )


def record_amendments(connection: Connection, place: Workplace, gate_run_id: int) -> None:
    """Write which waivers and corrections the batch was judged with, and what of `raw` is corrected from now on.

    A correction that had nothing to change is written as well, with no cell, so that it is not new the next time.
    """
    run(
        connection,
        f"""
        insert into audit.amendment (amendment_id, kind, submission_id, gate_run_id, entry, finding_count)
        select e.amendment_id, e.kind, b.submission_id, {gate_run_id}, e.entry,
            (select count(*) from {place.gate}.cell_correction as k
                where k.submission_id = b.submission_id and k.correction_id = e.amendment_id)
        from {place.gate}.batch as b
        inner join {place.gate}.amendment_entry as e
            on e.kind = 'correction' and e.is_active and e.unit_code = b.unit_code and e.report_month = b.report_month
        union all
        select e.amendment_id, e.kind, f.submission_id, {gate_run_id}, e.entry, count(*)
        from {place.gate}.finding as f
        inner join {place.gate}.amendment_entry as e on e.kind = 'waiver' and e.amendment_id = f.waiver_id
        group by e.amendment_id, e.kind, f.submission_id, e.entry""",
    )
    batch = f"submission_id in (select submission_id from {place.gate}.batch)"
    run(connection, f"delete from raw.cell_correction where {batch}")
    run(
        connection,
        f"insert into raw.cell_correction ({COLUMNS}) select {COLUMNS} from {place.corrections} where {batch}",
    )

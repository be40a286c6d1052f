"""From findings to decisions: month by month, and everything that follows from them in the caller's transaction."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from taizhang.errors import TaizhangError
from taizhang.quality.catalogue import Catalogue
from taizhang.quality.findings import CANNOT_TELL_EN, CANNOT_TELL_ZH, Tally
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run

ACTOR = "gate"


class BatchChangedError(TaizhangError):
    """A submission of the batch is no longer waiting: something else has decided on it meanwhile."""


@dataclass(frozen=True)
class Decision:
    """What became of one submission, and how many findings of each severity it has."""

    submission_id: int
    unit_code: str
    report_month: date
    file_name: str
    state: str
    block_count: int
    warn_count: int
    info_count: int


def decide(connection: Connection, place: Workplace) -> list[Decision]:
    """Turn `<gate>.finding` into `<gate>.decision`: quarantined, accepted, or superseded by a later one of the batch.

    Months go in order: what a quarantined month before seems to contradict cannot be told. Where another submission of
    that month stands, `batch.compare_with_standing` is to be asked before these decisions are carried out.
    """
    place.create_as(connection, "decision", "select 0::bigint as submission_id, null::text as state where false")
    months = run(connection, f"select distinct report_month from {place.gate}.batch order by 1").scalars().all()
    for month in months:
        _excuse_later_month(connection, place, month)
        _decide_month(connection, place, month)
    return _decisions(connection, place)


def _excuse_later_month(connection: Connection, place: Workplace, month: date) -> None:
    """Findings against a month before that was itself held back say nothing about this one."""
    run(
        connection,
        f"""
        update {place.gate}.finding as f
        set verdict = 'cannot_tell', severity = 'info',
            message_zh = {literal(CANNOT_TELL_ZH)} || '上月报表未通过核查。' || f.message_zh,
            message_en = {literal(CANNOT_TELL_EN)} || 'the month before was held back. ' || f.message_en
        from {place.gate}.batch as b
        inner join {place.gate}.decision as d on d.submission_id = b.prev_submission_id and d.state = 'quarantined'
        where f.submission_id = b.submission_id and b.report_month = date '{month}' and b.prev_in_batch
            and f.needs_previous and f.verdict = 'contradiction'""",
    )


def _decide_month(connection: Connection, place: Workplace, month: date) -> None:
    """Block quarantines the whole submission; of several accepted ones of a unit the latest received wins."""
    run(
        connection,
        f"""
        with judged as (
            select b.submission_id, b.unit_code, b.received_at, exists (
                select from {place.gate}.finding as f
                where f.submission_id = b.submission_id and f.severity = 'block' and f.verdict = 'contradiction'
            ) as is_blocked
            from {place.gate}.batch as b
            where b.report_month = date '{month}'
        )
        insert into {place.gate}.decision (submission_id, state)
        select submission_id,
            case when is_blocked then 'quarantined'
                when row_number() over (
                    partition by unit_code, is_blocked order by received_at desc, submission_id desc
                ) = 1 then 'accepted'
                else 'superseded' end
        from judged""",
    )


def _decisions(connection: Connection, place: Workplace) -> list[Decision]:
    rows = run(
        connection,
        f"""
        select b.submission_id, b.unit_code, b.report_month, b.file_name, d.state,
            count(f.check_id) filter (where f.severity = 'block') as block_count,
            count(f.check_id) filter (where f.severity = 'warn') as warn_count,
            count(f.check_id) filter (where f.severity = 'info') as info_count
        from {place.gate}.batch as b
        inner join {place.gate}.decision as d on d.submission_id = b.submission_id
        left join {place.gate}.finding as f on f.submission_id = b.submission_id
        group by b.submission_id, b.unit_code, b.report_month, b.file_name, d.state
        order by b.report_month, b.unit_code, b.submission_id""",
    )
    return [Decision(**row) for row in rows.mappings()]


def carry_out(connection: Connection, place: Workplace, gate_run_id: int) -> None:
    """Move the submissions to their states, with events; BatchChangedError when one has moved already."""
    _lock_batch(connection, place)
    _supersede_in_force(connection, place, gate_run_id)
    counts = f"""
        select submission_id, jsonb_build_object(
                'gate_run_id', {gate_run_id},
                'block', count(*) filter (where severity = 'block'),
                'warn', count(*) filter (where severity = 'warn'),
                'info', count(*) filter (where severity = 'info')) as detail,
            count(*) filter (where severity = 'block') as blocks,
            (array_agg(message_zh order by check_id, row_number) filter (where severity = 'block'))[1] as first_zh,
            (array_agg(message_en order by check_id, row_number) filter (where severity = 'block'))[1] as first_en
        from {place.gate}.finding group by submission_id"""
    run(
        connection,
        f"""
        with counted as ({counts}),
        moved as (
            update ops.submission as s
            set state = d.state, state_at = now(),
                reason_code = case when d.state = 'quarantined' then 'rules' end,
                reason_zh = case when d.state = 'quarantined'
                    then '须改正 ' || c.blocks || ' 处：' || c.first_zh end,
                reason_en = case when d.state = 'quarantined' then c.blocks || ' to correct: ' || c.first_en end
            from {place.gate}.decision as d
            left join counted as c on c.submission_id = d.submission_id
            where s.submission_id = d.submission_id
            returning s.submission_id, s.state, c.detail
        )
        insert into ops.submission_event (submission_id, state, actor, detail)
        select submission_id, event.state, '{ACTOR}', coalesce(detail, jsonb_build_object('gate_run_id', {gate_run_id}))
        from moved
        cross join lateral (
            select 1 as step, case when moved.state = 'quarantined' then 'quarantined' else 'accepted' end as state
            union all select 2, 'superseded' where moved.state = 'superseded'
        ) as event
        order by submission_id, event.step""",
    )


def _lock_batch(connection: Connection, place: Workplace) -> None:
    locked = run(
        connection,
        f"""
        select submission_id from ops.submission
        where state = 'read' and submission_id in (select submission_id from {place.gate}.decision)
        order by submission_id for update""",
    ).all()
    judged = run(connection, f"select count(*) from {place.gate}.decision").scalar_one()
    if len(locked) != judged:
        raise BatchChangedError(f"{judged} submissions were judged, yet only {len(locked)} of them still wait")


def _supersede_in_force(connection: Connection, place: Workplace, gate_run_id: int) -> None:
    """Take out of force what a newly accepted submission of the same unit and month replaces."""
    run(
        connection,
        f"""
        with replaced as (
            update ops.submission as s
            set state = 'superseded', state_at = now()
            from {place.gate}.batch as b
            inner join {place.gate}.decision as d on d.submission_id = b.submission_id and d.state = 'accepted'
            where s.state = 'accepted' and s.unit_code = b.unit_code and s.report_month = b.report_month
            returning s.submission_id, b.submission_id as superseded_by
        )
        insert into ops.submission_event (submission_id, state, actor, detail)
        select submission_id, 'superseded', '{ACTOR}',
            jsonb_build_object('gate_run_id', {gate_run_id}, 'superseded_by', superseded_by)
        from replaced""",
    )


def record(
    connection: Connection,
    place: Workplace,
    gate_run_id: int,
    catalogue: Catalogue,
    tallies: dict[str, Tally],
    gx_counts: dict[str, int],
) -> None:
    """Write the evidence: what every check saw, and every finding."""
    rows = ", ".join(
        f"({gate_run_id}, {literal(meta.check_id)}, {literal(meta.rule_id)}, {literal(check.entry.type)},"
        f" {literal(meta.severity)}, {tally.rows_checked}, {tally.rows_failed}, {gx_counts[meta.check_id]},"
        f" {tally.rows_untold})"
        for check in catalogue.checks
        for meta, tally in [(check.meta, tallies[check.meta.check_id])]
    )
    run(
        connection,
        "insert into audit.rule_run (gate_run_id, check_id, rule_id, expectation_type, severity, rows_checked,"
        f" rows_failed, rows_failed_gx, rows_untold) values {rows}",
    )
    run(
        connection,
        f"""
        insert into audit.finding (
            gate_run_id, submission_id, check_id, rule_id, severity, verdict, sheet, sheet_title, row_number,
            column_name, cell, value, message_zh, message_en, advice_zh, subject_key, subject_label, finding_key,
            waiver_id, suggested_cell, suggested_value, suggestion_zh, suggestion_en
        )
        select {gate_run_id}, submission_id, check_id, rule_id, severity, verdict, sheet, sheet_title, row_number,
            column_name, cell, value, message_zh, message_en, advice_zh, subject_key, subject_label, finding_key,
            waiver_id, suggested_cell, suggested_value, suggestion_zh, suggestion_en
        from {place.gate}.finding
        order by submission_id, sheet, row_number, check_id""",
    )
    run(
        connection,
        f"""
        insert into audit.judgement (
            gate_run_id, submission_id, unit_code, report_month, outcome, block_count, warn_count, info_count
        )
        select {gate_run_id}, b.submission_id, b.unit_code, b.report_month, d.state,
            count(f.check_id) filter (where f.severity = 'block'),
            count(f.check_id) filter (where f.severity = 'warn'),
            count(f.check_id) filter (where f.severity = 'info')
        from {place.gate}.batch as b
        inner join {place.gate}.decision as d on d.submission_id = b.submission_id
        left join {place.gate}.finding as f on f.submission_id = b.submission_id
        group by b.submission_id, b.unit_code, b.report_month, d.state""",
    )

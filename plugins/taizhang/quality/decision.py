"""From findings to decisions: month by month, and everything that follows from them in the caller's transaction."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from taizhang.errors import TaizhangError
from taizhang.evidence.hashing import FINDING_COLUMNS, finding_digest
from taizhang.quality.catalogue import Catalogue
from taizhang.quality.findings import CANNOT_TELL_EN, CANNOT_TELL_ZH, Tally
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run
from taizhang.warehouse.audit_tables import SEVERITIES

ACTOR = "gate"
NAMED = 3
WAITS_ZH = {"in_review": "已通过核查，待上级审核", "held": "已通过核查，但本月已关账，待上级批准重述"}
WAITS_EN = {"in_review": "waits for a review", "held": "the month is closed: waits for a restatement"}


class BatchChangedError(TaizhangError):
    """A submission of the batch is no longer waiting: something else has decided on it meanwhile."""


@dataclass(frozen=True)
class Decision:
    """What became of one submission, and how many findings of each severity it has, those apart that are waived.

    `was` is the state in which it came: read, or accepted or quarantined when it was judged again.
    """

    submission_id: int
    unit_code: str
    report_month: date
    file_name: str
    state: str
    block_count: int
    warn_count: int
    info_count: int
    waived_count: int
    was: str


def decide(connection: Connection, place: Workplace) -> list[Decision]:
    """Turn `<gate>.finding` into `<gate>.decision`: quarantined, superseded by a later one, or what is admitted.

    Months go in order, and in each month units before those that add them up: what a month before, or a unit below,
    that does not come into force seems to contradict cannot be told. Where another submission of that month or unit
    stands, `batch.compare_with_standing` is to be asked before these decisions are carried out.
    """
    place.create_as(connection, "decision", "select 0::bigint as submission_id, null::text as state where false")
    turns = run(connection, f"select distinct report_month, judging_order from {place.gate}.batch order by 1, 2").all()
    for found in turns:
        turn = f"b.report_month = date '{found.report_month}' and b.judging_order = {found.judging_order}"
        _excuse_later_month(connection, place, turn)
        _excuse_upper_unit(connection, place, turn)
        _decide_turn(connection, place, turn)
    return _decisions(connection, place)


def _excuse_later_month(connection: Connection, place: Workplace, turn: str) -> None:
    """Findings against a month before that does not come into force say nothing about this one, and need no waiver."""
    run(
        connection,
        f"""
        update {place.gate}.finding as f
        set verdict = 'cannot_tell', severity = 'info', waiver_id = null,
            message_zh = {literal(CANNOT_TELL_ZH)} || '上月报表'
                || case d.state when 'quarantined' then '未通过核查。' else '尚未生效。' end || f.message_zh,
            message_en = {literal(CANNOT_TELL_EN)} || 'the month before '
                || case d.state when 'quarantined' then 'was held back. ' else 'waits. ' end || f.message_en
        from {place.gate}.batch as b
        inner join {place.gate}.decision as d on d.submission_id = b.prev_submission_id and d.state <> 'accepted'
        where f.submission_id = b.submission_id and {turn} and b.prev_in_batch
            and f.needs_previous and f.verdict = 'contradiction'""",
    )


def _excuse_upper_unit(connection: Connection, place: Workplace, turn: str) -> None:
    """Findings against units below that do not come into force themselves say nothing about who adds them up."""
    run(
        connection,
        f"""
        with held as (
            select w.submission_id, w.part_code, w.unit_code, w.unit_name, d.state
            from {place.gate}.below as w
            inner join {place.gate}.batch as b on b.submission_id = w.submission_id
            inner join {place.gate}.decision as d
                on d.submission_id = w.below_submission_id and d.state <> 'accepted'
            where {turn} and w.in_batch
        ),
        excused as (
            select h.submission_id, n.needs_below,
                (array_agg(h.unit_name order by h.unit_code))[1:{NAMED}] as names, count(*) as held_count,
                bool_and(h.state <> 'quarantined') as only_wait
            from held as h
            inner join (
                select distinct submission_id, needs_below from {place.gate}.finding where needs_below is not null
            ) as n on n.submission_id = h.submission_id and n.needs_below in ('', h.part_code)
            group by h.submission_id, n.needs_below
        )
        update {place.gate}.finding as f
        set verdict = 'cannot_tell', severity = 'info', waiver_id = null,
            message_zh = {literal(CANNOT_TELL_ZH)} || array_to_string(e.names, '、')
                || case when e.held_count > {NAMED} then '等' else '' end
                || case when e.only_wait then '的报表尚未生效。' else '的报表未通过核查。' end || f.message_zh,
            message_en = {literal(CANNOT_TELL_EN)}
                || case when e.only_wait then 'waits below: ' else 'held back below: ' end
                || array_to_string(e.names, ', ')
                || case when e.held_count > {NAMED} then ' and others' else '' end || '. ' || f.message_en
        from excused as e
        where e.submission_id = f.submission_id and e.needs_below = f.needs_below and f.verdict = 'contradiction'""",
    )


def _decide_turn(connection: Connection, place: Workplace, turn: str) -> None:
    """Block, if not waived, quarantines the whole submission; of several accepted ones the latest received wins.

    Of those that wait for people also only the latest does, and none that is older than what comes into force.
    """
    run(
        connection,
        f"""
        with judged as (
            select b.submission_id, b.unit_code, b.report_month, b.received_at, a.state as admitted_as, exists (
                select from {place.gate}.finding as f
                where f.submission_id = b.submission_id and f.severity = 'block' and f.verdict = 'contradiction'
                    and f.waiver_id is null
            ) as is_blocked
            from {place.gate}.batch as b
            inner join {place.gate}.admission as a on a.submission_id = b.submission_id
            where {turn}
        ),
        ranked as (
            select *,
                row_number() over (
                    partition by unit_code, is_blocked, admitted_as = 'accepted'
                    order by received_at desc, submission_id desc
                ) as newest_first,
                bool_or(not is_blocked and admitted_as = 'accepted') over (
                    partition by unit_code order by received_at desc, submission_id desc
                    rows unbounded preceding exclude current row
                ) as is_overtaken
            from judged
        )
        insert into {place.gate}.decision (submission_id, state)
        select submission_id,
            case when is_blocked then 'quarantined'
                when newest_first > 1 then 'superseded'
                when admitted_as <> 'accepted' and (is_overtaken or {_newer_waits("ranked")}) then 'superseded'
                else admitted_as end
        from ranked""",
    )


def _newer_waits(alias: str) -> str:
    """SQL: a later one of the same unit and month waits for people already."""
    return f"""exists (
                    select from ops.submission as o
                    where o.unit_code = {alias}.unit_code and o.report_month = {alias}.report_month
                        and o.state in ('in_review', 'held')
                        and (o.received_at, o.submission_id) > ({alias}.received_at, {alias}.submission_id)
                )"""


def _counted(finding: str) -> str:
    """SQL: how many findings (of an alias) of each severity count, and how many are waived."""
    counts = [
        f"count({finding}.check_id) filter (where {finding}.severity = '{severity}' and {finding}.waiver_id is null)"
        f" as {severity}_count"
        for severity in SEVERITIES
    ]
    return ", ".join([*counts, f"count({finding}.waiver_id) as waived_count"])


def _decisions(connection: Connection, place: Workplace) -> list[Decision]:
    rows = run(
        connection,
        f"""
        select b.submission_id, b.unit_code, b.report_month, b.file_name, d.state, b.state_before as was,
            {_counted("f")}
        from {place.gate}.batch as b
        inner join {place.gate}.decision as d on d.submission_id = b.submission_id
        left join {place.gate}.finding as f on f.submission_id = b.submission_id
        group by b.submission_id, b.unit_code, b.report_month, b.file_name, d.state, b.state_before
        order by b.report_month, b.unit_code, b.submission_id""",
    )
    return [Decision(**row) for row in rows.mappings()]


def _counts(place: Workplace, gate_run_id: int) -> str:
    """SQL: of each submission with findings, what its event says, how many of them block, and the first that does."""
    blocks = "severity = 'block' and waiver_id is null"
    return f"""
        select submission_id, jsonb_build_object(
                'gate_run_id', {gate_run_id},
                'block', count(*) filter (where {blocks}),
                'warn', count(*) filter (where severity = 'warn' and waiver_id is null),
                'info', count(*) filter (where severity = 'info' and waiver_id is null)) as detail,
            count(*) filter (where {blocks}) as blocks,
            (array_agg(message_zh order by check_id, row_number) filter (where {blocks}))[1] as first_zh,
            (array_agg(message_en order by check_id, row_number) filter (where {blocks}))[1] as first_en
        from {place.gate}.finding group by submission_id"""


def _amended(gate_run_id: int) -> str:
    """SQL: of each submission that waivers or corrections touched, what its event says of them."""
    return f"""
        select submission_id, jsonb_build_object('amendments', jsonb_agg(amendment_id order by amendment_id)) as detail
        from audit.amendment where gate_run_id = {gate_run_id} and finding_count > 0 group by submission_id"""


def carry_out(connection: Connection, place: Workplace, gate_run_id: int) -> None:
    """Move the submissions to their states, with events; BatchChangedError when one has moved already.

    A submission that was judged again has an event also when its state stays, and one in force never leaves it for
    anything but a newer accepted one. Its events name the waivers and corrections that it was judged with.
    """
    _lock_batch(connection, place)
    _supersede_in_force(connection, place, gate_run_id)
    _supersede_waiting(connection, place, gate_run_id)
    run(
        connection,
        f"""
        with counted as ({_counts(place, gate_run_id)}),
        amended as ({_amended(gate_run_id)}),
        moved as (
            update ops.submission as s
            set state = d.state, state_at = case when s.state = d.state then s.state_at else now() end,
                reason_code = case d.state when 'quarantined' then 'rules' when 'in_review' then 'review'
                    when 'held' then 'month_closed' end,
                reason_zh = case when d.state = 'quarantined'
                    then '须改正 ' || c.blocks || ' 处：' || c.first_zh
                    when d.state in ('in_review', 'held') then {_waits("d.state", WAITS_ZH)} end,
                reason_en = case when d.state = 'quarantined' then c.blocks || ' to correct: ' || c.first_en
                    when d.state in ('in_review', 'held') then {_waits("d.state", WAITS_EN)} end
            from {place.gate}.decision as d
            inner join {place.gate}.batch as b on b.submission_id = d.submission_id
            inner join {place.gate}.admission as a on a.submission_id = d.submission_id
            left join counted as c on c.submission_id = d.submission_id
            where s.submission_id = d.submission_id and not (b.state_before = 'accepted' and d.state = 'superseded')
            returning s.submission_id, s.state, a.state as admitted_as, c.detail,
                case when b.state_before = 'read' then '{{}}' else jsonb_build_object('judged_again', true) end as again
        )
        insert into ops.submission_event (submission_id, state, actor, detail)
        select m.submission_id, event.state, '{ACTOR}',
            coalesce(m.detail, jsonb_build_object('gate_run_id', {gate_run_id}))
            || m.again || coalesce(a.detail, '{{}}')
        from moved as m
        left join amended as a on a.submission_id = m.submission_id
        cross join lateral (
            select 1 as step, case when m.state = 'quarantined' then 'quarantined' else m.admitted_as end as state
            union all select 2, 'superseded' where m.state = 'superseded'
        ) as event
        order by m.submission_id, event.step""",
    )


def _lock_batch(connection: Connection, place: Workplace) -> None:
    locked = run(
        connection,
        f"""
        select s.submission_id from ops.submission as s
        inner join {place.gate}.batch as b on b.submission_id = s.submission_id and b.state_before = s.state
        where s.submission_id in (select submission_id from {place.gate}.decision)
        order by s.submission_id for update of s""",
    ).all()
    judged = run(connection, f"select count(*) from {place.gate}.decision").scalar_one()
    if len(locked) != judged:
        raise BatchChangedError(f"{judged} submissions were judged, yet only {len(locked)} are still as they were")


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
                and s.submission_id <> b.submission_id
            returning s.submission_id, b.submission_id as superseded_by
        )
        insert into ops.submission_event (submission_id, state, actor, detail)
        select submission_id, 'superseded', '{ACTOR}',
            jsonb_build_object('gate_run_id', {gate_run_id}, 'superseded_by', superseded_by)
        from replaced""",
    )


def _supersede_waiting(connection: Connection, place: Workplace, gate_run_id: int) -> None:
    """Let nobody decide any more on what a later submission of the same unit and month replaces."""
    run(
        connection,
        f"""
        with replaced as (
            update ops.submission as s
            set state = 'superseded', state_at = now(), reason_code = null, reason_zh = null, reason_en = null
            from {place.gate}.batch as b
            inner join {place.gate}.decision as d on d.submission_id = b.submission_id
            where d.state in ('accepted', 'in_review', 'held') and s.state in ('in_review', 'held')
                and s.unit_code = b.unit_code and s.report_month = b.report_month
                and (s.received_at, s.submission_id) < (b.received_at, b.submission_id)
            returning s.submission_id, b.submission_id as superseded_by
        )
        insert into ops.submission_event (submission_id, state, actor, detail)
        select submission_id, 'superseded', '{ACTOR}',
            jsonb_build_object('gate_run_id', {gate_run_id}, 'superseded_by', superseded_by)
        from replaced""",
    )


def _waits(state: str, words: dict[str, str]) -> str:
    """SQL: why a submission in this state waits."""
    return f"case {state} " + " ".join(f"when '{name}' then {literal(said)}" for name, said in words.items()) + " end"


def record(
    connection: Connection,
    place: Workplace,
    gate_run_id: int,
    catalogue: Catalogue,
    tallies: dict[str, Tally],
    gx_counts: dict[str, int],
) -> None:
    """Write the evidence: what every check saw, and every finding."""
    _record_checks(connection, gate_run_id, catalogue, tallies, gx_counts)
    columns = ", ".join(FINDING_COLUMNS)
    run(
        connection,
        f"""
        insert into audit.finding (gate_run_id, {columns}, digest)
        select {gate_run_id}, {columns}, {finding_digest(str(gate_run_id))}
        from {place.gate}.finding
        order by submission_id, sheet, row_number, check_id""",
    )
    run(
        connection,
        f"""
        insert into audit.judgement (
            gate_run_id, submission_id, unit_code, report_month, outcome, block_count, warn_count, info_count,
            waived_count
        )
        select {gate_run_id}, b.submission_id, b.unit_code, b.report_month, d.state, {_counted("f")}
        from {place.gate}.batch as b
        inner join {place.gate}.decision as d on d.submission_id = b.submission_id
        left join {place.gate}.finding as f on f.submission_id = b.submission_id
        group by b.submission_id, b.unit_code, b.report_month, d.state""",
    )


def _record_checks(
    connection: Connection, gate_run_id: int, catalogue: Catalogue, tallies: dict[str, Tally], gx_counts: dict[str, int]
) -> None:
    """Write how many rows every check looked at and how many failed, by our count and by that of the checkpoint."""
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

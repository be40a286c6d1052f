"""The batch: which submissions are judged together, and which submission is each one's month before."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from taizhang.quality import reference, rollup_batch
from taizhang.quality.corrected_rows import copy_corrections
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run
from taizhang.warehouse.load import Reading

_COLUMNS = "submission_id, unit_code, report_month, file_name, filed_on, received_at, state as state_before"
# A report of January and February together: no submission of January was ever filed.
_IS_COMBINED = """extract(month from w.report_month) = 2
            and not exists (
                select from waiting as j
                where j.unit_code = w.unit_code and j.report_month = w.report_month - interval '1 month'
            )
            and not exists (
                select from ops.submission as j
                where j.unit_code = w.unit_code and j.report_month = w.report_month - interval '1 month'
                    and j.state not in ('refused', 'withdrawn')
            )"""


def collect_waiting(connection: Connection, place: Workplace, again: Iterable[int] = ()) -> int:
    """Make `<gate>.batch` of all submissions in state 'read' and those to be judged again; returns how many."""
    _tell_versions_apart(connection)
    waiting = f"""
        select {_COLUMNS} from ops.submission where state = 'read'
        union all
        select {_COLUMNS} from ops.submission where submission_id in ({", ".join(map(str, again)) or "null"})"""
    _create(connection, place, waiting)
    return int(run(connection, f"select count(*) from {place.gate}.batch").scalar_one())


def _tell_versions_apart(connection: Connection) -> None:
    """Let versions of one moment follow one another as their files do.

    All that is older than the last run counts as received when that ended: which version is the later would be a
    matter of which part of the inbox was read first.
    """
    run(
        connection,
        """
        with tied as (
            select submission_id, unit_code, report_month, received_at
            from (
                select *, count(*) over (partition by unit_code, report_month, received_at) as versions
                from ops.submission where state = 'read'
            ) as waiting
            where versions > 1
        ),
        filed as (
            select submission_id, min(modified_ns) as modified_ns from ops.arrival
            where submission_id in (select submission_id from tied)
            group by submission_id
        ),
        placed as (
            select t.submission_id, row_number() over (
                partition by t.unit_code, t.report_month, t.received_at
                order by f.modified_ns nulls first, t.submission_id
            ) - 1 as microseconds
            from tied as t
            left join filed as f on f.submission_id = t.submission_id
        )
        update ops.submission as s
        set received_at = s.received_at + p.microseconds * interval '1 microsecond'
        from placed as p
        where s.submission_id = p.submission_id and p.microseconds > 0""",
    )


def collect_stored(connection: Connection, place: Workplace, month: date) -> int:
    """Make `<gate>.batch` of a month as it stands: what is in force, and what was held back after it; returns how many.

    Of several that were held back only the unit's newest counts.
    """
    stored = f"""
        select {_COLUMNS} from (
            select *, row_number() over (
                partition by unit_code order by received_at desc, submission_id desc
            ) as age
            from ops.submission
            where report_month = date '{month}' and state in ('accepted', 'quarantined')
        ) as s
        where state = 'accepted' or age = 1"""
    _create(connection, place, stored)
    return int(run(connection, f"select count(*) from {place.gate}.batch").scalar_one())


def collect_reading(connection: Connection, place: Workplace, submission_id: int, reading: Reading) -> None:
    """Make `<gate>.batch` of one workbook that is no submission yet: it has not been filed."""
    row = (
        f"select {submission_id}::bigint as submission_id, {literal(reading.unit_code)}::text as unit_code,"
        f" date '{reading.report_month}' as report_month, {literal(reading.file_name)}::text as file_name,"
        " null::date as filed_on, null::timestamptz as received_at, 'read' as state_before"
    )
    _create(connection, place, row)


def _create(connection: Connection, place: Workplace, waiting: str) -> None:
    """The month before is the latest one of the batch, else the accepted one in force; January has none.

    Should the one of the batch be held back, `compare_with_standing` finds another.
    """
    reference.build_units(connection, place)
    place.create_as(
        connection,
        "batch",
        f"""
        with waiting as ({waiting}),
        nearest as (
            select distinct on (unit_code, report_month) submission_id, unit_code, report_month
            from waiting
            order by unit_code, report_month, received_at desc, submission_id desc
        )
        select w.*, u.unit_kind, coalesce(u.judging_order, 1) as judging_order,
            coalesce(n.submission_id, a.submission_id) as prev_submission_id,
            n.submission_id is not null as prev_in_batch, {_IS_COMBINED} as is_combined
        from waiting as w
        left join {place.gate}.unit as u on u.unit_code = w.unit_code
        left join nearest as n
            on n.unit_code = w.unit_code and n.report_month = w.report_month - interval '1 month'
            and extract(month from w.report_month) > 1
        left join ops.submission as a
            on a.unit_code = w.unit_code and a.report_month = w.report_month - interval '1 month'
            and a.state = 'accepted' and extract(month from w.report_month) > 1""",
    )
    copy_corrections(connection, place)
    reference.build_parts(connection, place)
    rollup_batch.create(connection, place)


def compare_with_standing(connection: Connection, place: Workplace) -> int:
    """Give those compared with a submission that was held back the one that stands instead; returns how many it moved.

    It looks at `<gate>.decision`. Of each unit only the earliest month moves whose month before was held back, for what
    is decided on later months depends on it; what cities and provinces add up moves last. Where no submission stands,
    nothing moves.
    """
    moved = run(
        connection,
        f"""
        with held as (select submission_id from {place.gate}.decision where state <> 'accepted'),
        standing as (
            select submission_id, unit_code, report_month, received_at, true as in_batch
            from {place.gate}.batch where submission_id not in (select submission_id from held)
            union all
            select submission_id, unit_code, report_month, received_at, false
            from ops.submission where state = 'accepted' and submission_id not in (select submission_id from held)
        ),
        replaced as (
            select distinct on (b.submission_id) b.submission_id, b.report_month, s.in_batch,
                s.submission_id as prev_submission_id,
                min(b.report_month) over (partition by b.unit_code) as earliest
            from {place.gate}.batch as b
            inner join held as h on h.submission_id = b.prev_submission_id
            inner join standing as s
                on s.unit_code = b.unit_code and s.report_month = b.report_month - interval '1 month'
            order by b.submission_id, s.in_batch desc, s.received_at desc, s.submission_id desc
        )
        update {place.gate}.batch as b
        set prev_submission_id = r.prev_submission_id, prev_in_batch = r.in_batch
        from replaced as r
        where r.submission_id = b.submission_id and r.report_month = r.earliest""",
    )
    return moved.rowcount or rollup_batch.compare_with_standing(connection, place)

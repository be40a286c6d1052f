"""Which submissions resemble another unit's of the month, or the unit's own of the month before, row for row."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.dictionary import load_dictionary
from taizhang.quality.judged import amounts
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_sql import in_months
from taizhang.quality.statements import WAREHOUSE, Workplace

COLUMNS = (
    "twin_rows",
    "twin_equal",
    "twin_unit",
    "twin_file",
    "repeat_rows",
    "repeat_equal",
    "repeat_month",
    "repeat_file",
)
SHEET = "project_progress"
# With how many submissions that show the same figures a row is compared: a copy of many copies is still found.
FELLOWS = 5
# What moves from month to month: a file of last month sent again repeats all of it where something was done.
MOVING = ("month_completed_wan", "ytd_completed_wan", "since_start_wan")


def build(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Make `<gate>.likeness`, one row per submission of the batch with what resembles it most.

    `twin_equal` of its `twin_rows` rows show the figures of rows of another unit's file of the month; of the
    `repeat_rows` projects that did something this month `repeat_equal` show last month's figures.
    """
    _build_row_hashes(connection, place, months)
    place.create_as(
        connection,
        "likeness",
        f"""
        with twin as ({_twins(place, months)}),
        repeated as ({_repeats(place)})
        select b.submission_id, s.row_count as twin_rows, coalesce(t.equal_rows, 0)::integer as twin_equal,
            t.unit_name as twin_unit, t.file_name as twin_file,
            r.repeat_rows, r.repeat_equal, (b.report_month - interval '1 month')::date as repeat_month,
            p.file_name as repeat_file
        from {place.gate}.batch as b
        left join (
            select submission_id, sum(row_count)::integer as row_count
            from {place.gate}.row_hash group by submission_id
        ) as s on s.submission_id = b.submission_id
        left join twin as t on t.submission_id = b.submission_id
        left join repeated as r on r.submission_id = b.submission_id
        left join ops.submission as p on p.submission_id = b.prev_submission_id""",
    )


def _filed(place: Workplace, months: Sequence[date]) -> str:
    """SQL: the submissions that are compared: those of the batch, and what is in force in their months."""
    return f"""
        select submission_id, unit_code, file_name, received_at, true as in_batch from {place.gate}.batch
        union all
        select submission_id, unit_code, file_name, received_at, false from ops.submission
        where state = 'accepted' and report_month in ({in_months(months)})
            and submission_id not in (select submission_id from {place.gate}.batch)"""


def _build_row_hashes(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Make `<gate>.row_hash`: how often each row of figures stands in each submission of the batch and in force.

    Rows as they were submitted: what was corrected since makes no file another one. Rows without a total investment say
    nothing and are left out.
    """
    figures = ", ".join(f"r.{column.name}" for column in amounts(load_dictionary()[SHEET]))

    def hashed(schema: str, in_batch: bool) -> str:
        return f"""
            select r.submission_id, r.report_month, hash_record_extended(row({figures}), 0) as figures,
                count(*) as row_count
            from {schema}.{SHEET} as r
            where r.report_month in ({in_months(months)}) and r.total_investment_wan is not null
                and r.submission_id in (select submission_id from filed where in_batch = {literal(in_batch)})
            group by 1, 2, 3"""

    place.create_as(
        connection,
        "row_hash",
        f"""
        with filed as ({_filed(place, months)})
        {hashed(place.raw, True)}
        union all
        {hashed(WAREHOUSE.raw, False)}""",
    )


def _twins(place: Workplace, months: Sequence[date]) -> str:
    """SQL: the submission of another unit in the month that has most of a submission's rows; of several the last filed.

    Numbers of submissions decide only between files of one moment: loaded in another order they are other numbers.
    """
    return f"""
            with filed as ({_filed(place, months)}),
            shared as (
                select h.*
                from {place.gate}.row_hash as h
                inner join (
                    select report_month, figures from {place.gate}.row_hash
                    group by report_month, figures having min(submission_id) <> max(submission_id)
                ) as s on s.report_month = h.report_month and s.figures = h.figures
            ),
            ranked as (
                select s.*, row_number() over (
                    partition by s.report_month, s.figures order by f.received_at desc, s.submission_id desc
                ) as fellow
                from shared as s
                inner join filed as f on f.submission_id = s.submission_id
            ),
            pair as (
                select h.submission_id, o.submission_id as other_id,
                    sum(least(h.row_count, o.row_count)) as equal_rows
                from shared as h
                inner join ranked as o
                    on o.report_month = h.report_month and o.figures = h.figures and o.fellow <= {FELLOWS}
                where o.submission_id <> h.submission_id
                group by h.submission_id, o.submission_id
            )
            select distinct on (p.submission_id) p.submission_id, p.equal_rows, w.file_name,
                coalesce(u.unit_name, w.unit_code) as unit_name
            from pair as p
            inner join filed as f on f.submission_id = p.submission_id and f.in_batch
            inner join filed as w on w.submission_id = p.other_id and w.unit_code <> f.unit_code
            left join {place.gate}.unit as u on u.unit_code = w.unit_code
            order by p.submission_id, p.equal_rows desc, w.received_at desc, p.other_id desc"""


def _repeats(place: Workplace) -> str:
    """SQL: how many started projects did something this month, and how many of them show last month's figures."""
    same = " and ".join(f"({name} is not distinct from prev_{name})" for name in MOVING)
    did_something = "is_started and month_completed_wan <> 0 and prev_found"
    return f"""
            select submission_id, (count(*) filter (where {did_something}))::integer as repeat_rows,
                (count(*) filter (where {did_something} and {same}))::integer as repeat_equal
            from {place.gate}.judged_{SHEET}
            group by submission_id"""

"""Which submissions resemble another unit's of the month, or the unit's own of the month before, row for row."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.dictionary import load_dictionary
from taizhang.quality.judged import amounts
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
        with twin as ({_twins(place)}),
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


def _build_row_hashes(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Make `<gate>.row_hash`: how often each row of figures stands in each submission of the batch and in force.

    Rows without a total investment say nothing and are left out.
    """
    figures = ", ".join(f"r.{column.name}" for column in amounts(load_dictionary()[SHEET]))

    def hashed(raw: str, submissions: str) -> str:
        return f"""
            select s.submission_id, s.unit_code, s.report_month, s.file_name,
                hash_record_extended(row({figures}), 0) as figures, count(*) as row_count
            from ({submissions}) as s
            inner join {raw}.{SHEET} as r on r.submission_id = s.submission_id and r.report_month = s.report_month
            where r.report_month in ({in_months(months)}) and r.total_investment_wan is not null
            group by 1, 2, 3, 4, 5"""

    of_batch = f"select submission_id, unit_code, report_month, file_name from {place.gate}.batch"
    in_force = f"""
        select submission_id, unit_code, report_month, file_name from ops.submission
        where state = 'accepted' and report_month in ({in_months(months)})
            and submission_id not in (select submission_id from {place.gate}.batch)"""
    place.create_as(
        connection, "row_hash", f"{hashed(place.raw, of_batch)} union all {hashed(WAREHOUSE.raw, in_force)}"
    )


def _twins(place: Workplace) -> str:
    """SQL: the submission of another unit in the month that has most of a submission's rows."""
    return f"""
            with ranked as (
                select *, row_number() over (partition by report_month, figures order by submission_id) as fellow
                from {place.gate}.row_hash
            ),
            pair as (
                select h.submission_id, o.submission_id as other_id, o.unit_code, o.file_name,
                    sum(least(h.row_count, o.row_count)) as equal_rows
                from {place.gate}.row_hash as h
                inner join {place.gate}.batch as b on b.submission_id = h.submission_id
                inner join ranked as o
                    on o.report_month = h.report_month and o.figures = h.figures and o.fellow <= {FELLOWS}
                where o.unit_code <> h.unit_code
                group by h.submission_id, o.submission_id, o.unit_code, o.file_name
            )
            select distinct on (p.submission_id) p.submission_id, p.equal_rows, p.file_name,
                coalesce(u.unit_name, p.unit_code) as unit_name
            from pair as p
            left join {place.gate}.unit as u on u.unit_code = p.unit_code
            order by p.submission_id, p.equal_rows desc, p.other_id"""


def _repeats(place: Workplace) -> str:
    """SQL: how many started projects did something this month, and how many of them show last month's figures."""
    same = " and ".join(f"({name} is not distinct from prev_{name})" for name in MOVING)
    did_something = "is_started and month_completed_wan <> 0 and prev_found"
    return f"""
            select submission_id, (count(*) filter (where {did_something}))::integer as repeat_rows,
                (count(*) filter (where {did_something} and {same}))::integer as repeat_equal
            from {place.gate}.judged_{SHEET}
            group by submission_id"""

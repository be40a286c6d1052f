"""What the judged table of 项目进展 takes from the months before: a project's row, and whether it stood still."""

from sqlalchemy import Connection

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.judged import amounts
from taizhang.quality.sheet_sql import in_months, own_half_widths
from taizhang.quality.statements import Workplace, one_of, run

SHEET = "project_progress"
_OTHERS = ("remark", "is_started", "production_date")


def build(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Build what `joins` needs: few rows each, but for the precision of cells that differ from their column's.

    The rows of the month before themselves are joined from where they lie, and always in `raw`.
    """
    earlier = f"select prev_submission_id from {place.gate}.batch"
    precision = own_half_widths(load_dictionary()[SHEET], place.stored, earlier)
    place.create_as(connection, "previous_precision", precision)
    place.create_as(connection, "previous_halves", _half_widths(earlier))
    months = _months_back(connection, place, 1)
    place.create_as(connection, "doubled_code", _doubled_codes(place, months))
    place.create_as(connection, "previous_name", _lone_names(place, months, of_batch))
    _build_stood_still(connection, place, months)


def fields() -> str:
    """SQL: what the same project had in the month before."""
    sheet = load_dictionary()[SHEET]
    names = (column.name for column in amounts(sheet))
    figures = [f"{_earlier(name)}, coalesce(pf.{name}_h, ph.{name}_h) as prev_{name}_h" for name in names]
    return ", ".join([*figures, _earlier("is_started"), _earlier("production_date")])


def _earlier(name: str) -> str:
    return f"coalesce(by_code.{name}, by_name.{name}) as prev_{name}"


def joins(connection: Connection, place: Workplace) -> str:
    """SQL: the project's row `r` of the month before, by code, or by its name where one of the two has no code.

    Of several rows of one name (`n` has how many), only one without a code has the name for its key, and only against
    another such.
    """
    return f"""
        left join ({_rows(place, _months_back(connection, place, 1))}) as by_code
            on by_code.submission_id = b.prev_submission_id and by_code.project_code = r.project_code
        left join {place.gate}.previous_name as by_name
            on by_code.submission_id is null and by_name.submission_id = b.prev_submission_id
            and by_name.project_name = r.project_name and (r.project_code is null or by_name.project_code is null)
            and (n.row_number is null or coalesce(r.project_code, by_name.project_code) is null)
        left join {place.gate}.previous_halves as ph
            on ph.submission_id = coalesce(by_code.submission_id, by_name.submission_id)
        left join {place.gate}.previous_precision as pf on pf.submission_id = ph.submission_id
            and pf.row_number = coalesce(by_code.row_number, by_name.row_number)
        left join {place.gate}.stood_still as e on e.submission_id = ph.submission_id
            and e.project_key = coalesce(by_code.project_code, by_name.project_code, by_name.project_name)"""


def _months_back(connection: Connection, place: Workplace, count: int) -> str:
    """SQL: the months so many before those that have a month before them, within the same year but for the first."""
    months = run(
        connection,
        f"select distinct (report_month - interval '{count} months')::date from {place.gate}.batch"
        f" where prev_submission_id is not null and ({count} = 1 or extract(month from report_month) > {count})",
    )
    return in_months(row[0] for row in months)


def _half_widths(submissions: str) -> str:
    """SQL: per submission the half width of each amount's column."""
    halves = [
        f"max(half_width) filter (where column_name = '{column.name}') as {column.name}_h"
        for column in amounts(load_dictionary()[SHEET])
    ]
    return f"""
        select submission_id, {", ".join(halves)}
        from raw.sheet_column
        where sheet = '{SHEET}' and submission_id {one_of(submissions)}
        group by submission_id"""


def _of_months(place: Workplace, months: str) -> str:
    """SQL: from the rows `p` of the submissions of the month before."""
    return f"""
            from {rows_of(place.stored, SHEET)} as p
            where p.report_month in ({months})
                and p.submission_id {one_of(f"select submission_id from {place.gate}.previous_halves")}"""


def _taken(sheet: Sheet) -> str:
    names = (*(column.name for column in amounts(sheet)), *_OTHERS)
    return ", ".join(f"p.{name}" for name in ("submission_id", "row_number", "project_code", "project_name", *names))


def _rows(place: Workplace, months: str) -> str:
    """SQL: the rows of the month before whose code no other row of the submission has."""
    return f"""
            select {_taken(load_dictionary()[SHEET])}
            {_of_months(place, months)}
                and not exists (
                    select from {place.gate}.doubled_code as d
                    where d.submission_id = p.submission_id and d.project_code = p.project_code
                )"""


def _doubled_codes(place: Workplace, months: str) -> str:
    """SQL: the codes that several rows of a submission have."""
    return f"""
            select p.submission_id, p.project_code
            {_of_months(place, months)} and p.project_code is not null
            group by p.submission_id, p.project_code
            having count(*) > 1"""


def _lone_names(place: Workplace, months: str, of_batch: str) -> str:
    """SQL: the rows whose name may have to find them, and which have it alone: one of the two rows lacks its code."""
    return f"""
        with wanted as (
            select p.submission_id, p.project_name
            {_of_months(place, months)} and p.project_code is null
            union
            select b.prev_submission_id, r.project_name
            from {place.gate}.batch as b
            inner join {rows_of(place, SHEET)} as r on r.submission_id = b.submission_id
            where r.report_month in ({of_batch}) and r.project_code is null
        ),
        named as (
            select {_taken(load_dictionary()[SHEET])},
                count(*) over (partition by p.submission_id, p.project_name) as same_name
            {_of_months(place, months)}
                and (p.submission_id, p.project_name) in (select submission_id, project_name from wanted)
        )
        select * from named where same_name = 1"""


def _build_stood_still(connection: Connection, place: Workplace, months: str) -> None:
    """Build `<gate>.stood_still`: of started projects without progress last month, the year's amount a month earlier.

    One row per submission of last month and key of such a project, where the month before it is accepted or waits.
    """
    place.create_as(
        connection,
        "stood_still",
        f"""
        with chain as (
            select distinct b.prev_submission_id as submission_id,
                coalesce(p.prev_submission_id, s.submission_id) as before_id
            from {place.gate}.batch as b
            left join {place.gate}.batch as p on p.submission_id = b.prev_submission_id
            left join ops.submission as s
                on p.submission_id is null and s.unit_code = b.unit_code and s.state = 'accepted'
                and s.report_month = b.report_month - interval '2 months'
            where b.prev_submission_id is not null and extract(month from b.report_month) > 2
        ),
        idle as materialized (
            select i.*, c.before_id
            from (
                select p.submission_id, coalesce(p.project_code, p.project_name) as project_key
                {_of_months(place, months)} and p.is_started and p.month_completed_wan = 0
            ) as i
            inner join chain as c on c.submission_id = i.submission_id
        ),
        earlier as materialized (
            select r.submission_id, coalesce(r.project_code, r.project_name) as project_key, r.ytd_completed_wan
            from {rows_of(place.stored, SHEET)} as r
            where r.report_month in ({_months_back(connection, place, 2)})
                and r.submission_id in (select before_id from idle)
        )
        select i.submission_id, i.project_key, min(e.ytd_completed_wan) as before_prev_ytd_completed_wan
        from idle as i
        inner join earlier as e on e.submission_id = i.before_id and e.project_key = i.project_key
        group by i.submission_id, i.project_key
        having count(*) = 1""",
    )

"""The judged table of 项目进展: each project's row, with the same project in the month before."""

from sqlalchemy import Connection

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.quality import intervals, project_parts, reference
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.judged import amounts
from taizhang.quality.sheet_sql import (
    columns_of,
    in_months,
    own_half_widths,
    sheet_fields,
    submission_columns,
    unread_of,
)
from taizhang.quality.statements import Workplace, run

SHEET = "project_progress"
FEWEST_SIBLINGS = 5
_PROJECT_KEY = "coalesce(r.project_code, r.project_name)"
# The region that gave the code; null where the code has none of the two forms.
_REGION_PART = "substring(r.project_code from '^[0-9]{4}-([0-9]{6})-')"

# The month is not the amount of both months; figures from the row `r`, half widths by cell `f` or column `c`.
_IS_APART = "not coalesce({}, true)".format(
    intervals.meets(
        *(
            intervals.Interval(f"r.{name}", f"coalesce(f.{name}_h, c.{name}_h)")
            for name in ("ytd_completed_wan", "month_completed_wan")
        )
    )
)


def build(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Build `<gate>.judged_project_progress`, one row per detail row of the batch."""
    _build_previous(connection, place)
    _build_stood_still(connection, place)
    sheet = load_dictionary()[SHEET]
    place.create_as(
        connection,
        "judged_project_progress",
        f"""
        with columns_of as ({columns_of(sheet, place)}),
        precision as ({own_half_widths(sheet, place, f"select submission_id from {place.gate}.batch")}),
        unread as ({unread_of(sheet, place)}),
        region as ({reference.regions_of_months(place, of_batch)}),
        siblings as ({_siblings(place, of_batch)}),
        lone_name as ({_lone_names(place, of_batch)}),
        apart as ({_months_apart(place, of_batch)}),
        parts as ({project_parts.sums(place, of_batch)})
        select {submission_columns()}, r.row_number, {sheet_fields(sheet)}, u.unread_columns, s.sibling_median_wan,
            case when g.region_code is null then {_REGION_PART} end as unknown_code_region,
            case when g.replaced_by is not null then {_REGION_PART} end as replaced_code_region,
            g.replaced_by as code_region_replaced_by,
            {_name_rivals()} as name_rivals, r.row_number = s.first_row as is_first_row, {_is_noted()} as is_noted,
            case when not b.is_combined or r.row_number > a.first_row and {_IS_APART} then null
                when r.row_number = a.first_row then a.months_apart else 0 end as months_apart,
            b.prev_submission_id, e.before_prev_ytd_completed_wan, {project_parts.fields()},
            coalesce(by_code.submission_id, by_name.submission_id) is not null as prev_found, {_earlier_fields(sheet)}
        from {place.gate}.batch as b
        inner join {rows_of(place, SHEET)} as r on r.submission_id = b.submission_id and r.report_month = b.report_month
        left join columns_of as c on c.submission_id = r.submission_id
        left join precision as f on f.submission_id = r.submission_id and f.row_number = r.row_number
        left join unread as u on u.submission_id = r.submission_id and u.row_number = r.row_number
        left join siblings as s on s.submission_id = r.submission_id
        left join apart as a on a.submission_id = r.submission_id
        left join parts as q on q.submission_id = r.submission_id and q.whole_row = r.row_number
        left join region as g on g.region_code = {_REGION_PART} and g.report_month = b.report_month
        {_same_project(place)}
        left join {place.gate}.stood_still as e on e.submission_id = b.prev_submission_id
            and e.project_key = coalesce(by_code.project_key, by_name.project_key)
        where r.report_month in ({of_batch})""",
    )


def _earlier_fields(sheet: Sheet) -> str:
    """SQL: what the same project had in the month before."""
    names = (
        *(f"prev_{column.name}{suffix}" for column in amounts(sheet) for suffix in ("", "_h")),
        *("prev_is_started", "prev_production_date"),
    )
    return ", ".join(f"coalesce(by_code.{name}, by_name.{name}) as {name}" for name in names)


def _siblings(place: Workplace, of_batch: str) -> str:
    """SQL: the median total investment of a submission's projects, where there are enough, and the first row."""
    return f"""
        select submission_id, min(row_number) as first_row,
            case when count(total_investment_wan) >= {FEWEST_SIBLINGS}
                then percentile_disc(0.5) within group (order by total_investment_wan) end as sibling_median_wan
        from {rows_of(place, SHEET)} as r
        where report_month in ({of_batch}) and submission_id in (select submission_id from {place.gate}.batch)
        group by submission_id"""


def _months_apart(place: Workplace, of_batch: str) -> str:
    """SQL: of each combined report of January and February in how many rows the month is another one, and the first."""
    return f"""
        select r.submission_id, count(*)::integer as months_apart, min(r.row_number) as first_row
        from {place.gate}.batch as b
        inner join {rows_of(place, SHEET)} as r on r.submission_id = b.submission_id and r.report_month = b.report_month
        left join columns_of as c on c.submission_id = r.submission_id
        left join precision as f on f.submission_id = r.submission_id and f.row_number = r.row_number
        where r.report_month in ({of_batch}) and b.is_combined and {_IS_APART}
        group by r.submission_id"""


def _lone_names(place: Workplace, of_batch: str) -> str:
    """SQL: the names that only one project of a submission bears."""
    return f"""
        select submission_id, project_name
        from {rows_of(place, SHEET)} as r
        where report_month in ({of_batch}) and submission_id in (select submission_id from {place.gate}.batch)
        group by submission_id, project_name
        having count(*) = 1"""


def _name_rivals() -> str:
    """SQL: how many other rows of the submission bear the same name with another code or none."""
    return """(count(*) over (partition by r.submission_id, r.project_name)
            - case when r.project_code is null then 1
                else count(*) over (partition by r.submission_id, r.project_name, r.project_code) end)::integer"""


def _is_noted() -> str:
    """SQL: the remark says something that it did not say last month: a standing remark explains no change."""
    return "(r.remark is not null and r.remark is distinct from coalesce(by_code.prev_remark, by_name.prev_remark))"


def _same_project(place: Workplace) -> str:
    """SQL: the project's row of the month before, by code, or by its name where one of the two has no code.

    Of several rows of one name, only one without a code has the name for its key, and only against another such.
    """
    return f"""
        left join lone_name as l on l.submission_id = r.submission_id and l.project_name = r.project_name
        left join {place.gate}.previous_progress as by_code
            on by_code.submission_id = b.prev_submission_id and by_code.project_code = r.project_code
            and by_code.same_code = 1
        left join {place.gate}.previous_progress as by_name
            on by_code.submission_id is null and by_name.submission_id = b.prev_submission_id
            and by_name.project_name = r.project_name and by_name.same_name = 1
            and (r.project_code is null or by_name.project_code is null)
            and (l.submission_id is not null or coalesce(r.project_code, by_name.project_code) is null)"""


def _months_back(connection: Connection, place: Workplace, count: int) -> str:
    """SQL: the months so many before those that have a month before them, within the same year but for the first."""
    months = run(
        connection,
        f"select distinct (report_month - interval '{count} months')::date from {place.gate}.batch"
        f" where prev_submission_id is not null and ({count} = 1 or extract(month from report_month) > {count})",
    )
    return in_months(row[0] for row in months)


def _build_previous(connection: Connection, place: Workplace) -> None:
    """The rows of the submissions of the month before, which always lie in `raw`."""
    sheet = load_dictionary()[SHEET]
    months = _months_back(connection, place, 1)
    halves = [
        f"max(half_width) filter (where column_name = '{column.name}') as {column.name}_h" for column in amounts(sheet)
    ]
    figures = [
        f"r.{name} as prev_{name}, coalesce(f.{name}_h, h.{name}_h) as prev_{name}_h"
        for name in (column.name for column in amounts(sheet))
    ]
    earlier = f"select prev_submission_id from {place.gate}.batch"
    place.create_as(
        connection,
        "previous_progress",
        f"""
        with halves as (
            select submission_id, {", ".join(halves)}
            from raw.sheet_column
            where sheet = '{SHEET}' and submission_id in ({earlier})
            group by submission_id
        ),
        precision as ({own_half_widths(sheet, place.stored, earlier)})
        select r.submission_id, r.project_code, r.project_name, {_PROJECT_KEY} as project_key, {", ".join(figures)},
            r.remark as prev_remark, r.is_started as prev_is_started, r.production_date as prev_production_date,
            count(*) over (partition by r.submission_id, r.project_code) as same_code,
            count(*) over (partition by r.submission_id, r.project_name) as same_name
        from {rows_of(place.stored, SHEET)} as r
        inner join halves as h on h.submission_id = r.submission_id
        left join precision as f on f.submission_id = r.submission_id and f.row_number = r.row_number
        where r.report_month in ({months})""",
    )


def _build_stood_still(connection: Connection, place: Workplace) -> None:
    """Build `<gate>.stood_still`: of started projects without progress last month, the year's amount a month earlier.

    One row per submission of last month and key of such a project, where the month before it is accepted or waits.
    """
    months = _months_back(connection, place, 2)
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
            select p.submission_id, p.project_key, c.before_id
            from {place.gate}.previous_progress as p
            inner join chain as c on c.submission_id = p.submission_id
            where p.prev_is_started and p.prev_month_completed_wan = 0
        ),
        earlier as materialized (
            select r.submission_id, {_PROJECT_KEY} as project_key, r.ytd_completed_wan
            from {rows_of(place.stored, SHEET)} as r
            where r.report_month in ({months}) and r.submission_id in (select before_id from idle)
        )
        select i.submission_id, i.project_key, min(e.ytd_completed_wan) as before_prev_ytd_completed_wan
        from idle as i
        inner join earlier as e on e.submission_id = i.before_id and e.project_key = i.project_key
        group by i.submission_id, i.project_key
        having count(*) = 1""",
    )

"""The judged table of 项目进展: each project's row, with the same project in the month before."""

from sqlalchemy import Connection

from taizhang.dictionary import load_dictionary
from taizhang.quality import intervals, materialise_previous, project_parts, reference
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.sheet_sql import (
    columns_of,
    own_half_widths,
    sheet_fields,
    submission_columns,
    unread_of,
)
from taizhang.quality.statements import Workplace

SHEET = "project_progress"
FEWEST_SIBLINGS = 5
# The region that gave the code; null where the code has none of the two forms. A regular expression took a quarter of
# the time that the rows are joined in.
_REGION_PART = (
    "(case when translate(left(r.project_code, 12), '123456789', '000000000') = '0000-000000-'"
    " then substr(r.project_code, 6, 6) end)"
)

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
    """Build `<gate>.judged_project_progress`, one row per detail row of the batch.

    What says something of few rows or of whole submissions is set aside first: then no join carries the wide rows
    through a sort, and each but that with the month before looks into a small hash table.
    """
    sheet = load_dictionary()[SHEET]
    own = f"select submission_id from {place.gate}.batch"
    place.create_as(connection, "progress_columns", columns_of(sheet, place))
    place.create_as(connection, "progress_precision", own_half_widths(sheet, place, own))
    place.create_as(connection, "shared_name", _shared_names(place, of_batch))
    place.create_as(connection, "project_parts", project_parts.sums(place, of_batch))
    materialise_previous.build(connection, place, of_batch)
    place.create_as(
        connection,
        "judged_project_progress",
        f"""
        with unread as ({unread_of(sheet, place)}),
        region as ({reference.regions_of_months(place, of_batch)}),
        siblings as ({_siblings(place, of_batch)}),
        apart as ({_months_apart(place, of_batch)})
        select {submission_columns()}, r.row_number, {sheet_fields(sheet)}, u.unread_columns, s.sibling_median_wan,
            case when g.region_code is null then {_REGION_PART} end as unknown_code_region,
            case when g.replaced_by is not null then {_REGION_PART} end as replaced_code_region,
            g.replaced_by as code_region_replaced_by,
            coalesce(n.name_rivals, 0) as name_rivals, r.row_number = s.first_row as is_first_row,
            {_is_noted()} as is_noted,
            case when not b.is_combined or r.row_number > a.first_row and {_IS_APART} then null
                when r.row_number = a.first_row then a.months_apart else 0 end as months_apart,
            b.prev_submission_id, e.before_prev_ytd_completed_wan, {project_parts.fields()},
            coalesce(by_code.submission_id, by_name.submission_id) is not null as prev_found,
            {materialise_previous.fields()}
        from {place.gate}.batch as b
        inner join {rows_of(place, SHEET)} as r on r.submission_id = b.submission_id and r.report_month = b.report_month
        left join {place.gate}.progress_columns as c on c.submission_id = r.submission_id
        left join {place.gate}.progress_precision as f
            on f.submission_id = r.submission_id and f.row_number = r.row_number
        left join unread as u on u.submission_id = r.submission_id and u.row_number = r.row_number
        left join siblings as s on s.submission_id = r.submission_id
        left join apart as a on a.submission_id = r.submission_id
        left join {place.gate}.shared_name as n on n.submission_id = r.submission_id and n.row_number = r.row_number
        left join {place.gate}.project_parts as q on q.submission_id = r.submission_id and q.whole_row = r.row_number
        left join region as g on g.region_code = {_REGION_PART} and g.report_month = b.report_month
        {materialise_previous.joins(connection, place)}
        where r.report_month in ({of_batch}) and r.submission_id {place.of_batch}""",
    )


def _siblings(place: Workplace, of_batch: str) -> str:
    """SQL: the median total investment of a submission's projects, where there are enough, and the first row."""
    return f"""
        select submission_id, min(row_number) as first_row,
            case when count(total_investment_wan) >= {FEWEST_SIBLINGS}
                then percentile_disc(0.5) within group (order by total_investment_wan) end as sibling_median_wan
        from {rows_of(place, SHEET)} as r
        where report_month in ({of_batch}) and submission_id {place.of_batch}
        group by submission_id"""


def _months_apart(place: Workplace, of_batch: str) -> str:
    """SQL: of each combined report of January and February in how many rows the month is another one, and the first."""
    return f"""
        select r.submission_id, count(*)::integer as months_apart, min(r.row_number) as first_row
        from {place.gate}.batch as b
        inner join {rows_of(place, SHEET)} as r on r.submission_id = b.submission_id and r.report_month = b.report_month
        left join {place.gate}.progress_columns as c on c.submission_id = r.submission_id
        left join {place.gate}.progress_precision as f
            on f.submission_id = r.submission_id and f.row_number = r.row_number
        where r.report_month in ({of_batch}) and r.submission_id {place.of_batch} and b.is_combined and {_IS_APART}
        group by r.submission_id"""


def _shared_names(place: Workplace, of_batch: str) -> str:
    """SQL: the rows whose name other rows of the submission bear too; `name_rivals` of them with another code or none.

    Rows without a name count as bearers of one name.
    """
    return f"""
        select submission_id, row_number,
            (same_name - case when project_code is null then 1 else same_code end)::integer as name_rivals
        from (
            select r.submission_id, r.row_number, r.project_code,
                count(*) over (partition by r.submission_id, r.project_name) as same_name,
                count(*) over (partition by r.submission_id, r.project_name, r.project_code) as same_code
            from {rows_of(place, SHEET)} as r
            where r.report_month in ({of_batch})
                and r.submission_id {place.of_batch}
        ) as named
        where same_name > 1"""


def _is_noted() -> str:
    """SQL: the remark says something that it did not say last month: a standing remark explains no change."""
    return "(r.remark is not null and r.remark is distinct from coalesce(by_code.remark, by_name.remark))"

"""What a submission changes that replaces a published one: how many rows, and this year's completed investment."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.dictionary import ColumnType, Sheet, load_dictionary
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.sheet_sql import in_months
from taizhang.quality.statements import Workplace

COLUMNS = (
    "restated_publication",
    "restated_rows",
    "restated_before_wan",
    "restated_after_wan",
    "restated_file",
)
_KEYS = {
    "project_progress": "coalesce(r.project_code, r.project_name)",
    "summary": "concat_ws('/', r.breakdown_name, r.item_name)",
}
DONE = "ytd_completed_wan"


def build(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Make `<gate>.restatement`, one row per submission of the batch that replaces a published one of its unit's month.

    `months` are those of the batch. A row has changed when a figure, a date, a class or a yes or no of it has, and when
    it came or went.
    """
    place.create_as(
        connection,
        "replaced_published",
        f"""
        select b.submission_id, o.submission_id as replaced_id, b.report_month, o.file_name,
            max(p.publication_id) as publication_id
        from {place.gate}.batch as b
        inner join ops.submission as o
            on o.unit_code = b.unit_code and o.report_month = b.report_month and o.state = 'accepted'
            and o.submission_id <> b.submission_id
        inner join ops.publication_scope as s on s.submission_id = o.submission_id
        inner join ops.publication as p on p.publication_id = s.publication_id and p.state = 'published'
        group by b.submission_id, o.submission_id, b.report_month, o.file_name""",
    )
    of_batch = in_months(months)
    changed = " union all ".join(_changed_rows(load_dictionary()[name], place, of_batch) for name in _KEYS)
    place.create_as(
        connection,
        "restatement",
        f"""
        with changed as ({changed}),
        done as ({_done(place)})
        select z.submission_id, z.publication_id as restated_publication, c.row_count as restated_rows,
            n.before_wan as restated_before_wan, n.after_wan as restated_after_wan, z.file_name as restated_file
        from {place.gate}.replaced_published as z
        inner join (
            select submission_id, sum(row_count)::integer as row_count from changed group by submission_id
        ) as c on c.submission_id = z.submission_id
        inner join done as n on n.submission_id = z.submission_id""",
    )


def _rows(sheet: Sheet, place: Workplace, number: str, of_batch: str) -> str:
    """SQL: the rows of the new or of the replaced submissions: whose, which row, and its figures as one number."""
    kept = [column.name for column in sheet.columns if column.type is not ColumnType.TEXT]
    return f"""
            select z.submission_id, {_KEYS[sheet.sheet]} as row_key,
                sum(hash_record_extended(row({", ".join(f"r.{name}" for name in kept)}), 0)::numeric) as figures
            from {place.gate}.replaced_published as z
            inner join {rows_of(place, sheet.sheet)} as r
                on r.submission_id = z.{number} and r.report_month = z.report_month
            where r.report_month in ({of_batch})
            group by 1, 2"""


def _changed_rows(sheet: Sheet, place: Workplace, of_batch: str) -> str:
    """SQL: per submission how many rows of the sheet are others than in the replaced one."""
    return f"""
            select z.submission_id, count(x.submission_id) as row_count
            from {place.gate}.replaced_published as z
            left join (
                select submission_id, row_key
                from ({_rows(sheet, place, "submission_id", of_batch)}) as after
                full join ({_rows(sheet, place.stored, "replaced_id", of_batch)}) as before
                    using (submission_id, row_key)
                where after.figures is distinct from before.figures
            ) as x on x.submission_id = z.submission_id
            group by z.submission_id"""


def _done(place: Workplace) -> str:
    """SQL: this year's completed investment before and after: of the projects, else as the unit's summary totals it."""

    def stated(rows: Workplace, number: str) -> str:
        return f"""coalesce(
                (select sum(r.{DONE}) from {rows_of(rows, "project_progress")} as r
                where r.submission_id = z.{number} and r.report_month = z.report_month),
                (select max(r.{DONE}) from {rows_of(rows, "summary")} as r
                where r.submission_id = z.{number} and r.report_month = z.report_month and r.breakdown_name = 'total')
            )"""

    return f"""
            select z.submission_id, {stated(place.stored, "replaced_id")} as before_wan,
                {stated(place, "submission_id")} as after_wan
            from {place.gate}.replaced_published as z"""

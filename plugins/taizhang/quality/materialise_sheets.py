"""The judged tables of the sheets beside 项目进展 and 汇总: each row with its half widths and letters."""

from sqlalchemy import Connection

from taizhang.dictionary import Sheet
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.sheet_extras import extras_of, plain_sheets
from taizhang.quality.sheet_sql import columns_of, own_half_widths, sheet_fields, submission_columns, unread_of
from taizhang.quality.statements import Workplace


def build(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Build `<gate>.judged_<sheet>` for each of these sheets, one row per detail row of the batch."""
    for sheet in plain_sheets():
        place.create_as(connection, f"judged_{sheet.sheet}", _rows(sheet, place, of_batch))


def _rows(sheet: Sheet, place: Workplace, of_batch: str) -> str:
    extras = extras_of(sheet.sheet)
    fields = "".join(f", {extra.fields}" for extra in extras)
    return f"""
        with columns_of as ({columns_of(sheet, place)}),
        precision as ({_precision(sheet, place)}),
        unread as ({unread_of(sheet, place)})
        select {submission_columns()}, r.row_number, {sheet_fields(sheet)}, u.unread_columns{fields}
        from {place.gate}.batch as b
        inner join {rows_of(place, sheet.sheet)} as r
            on r.submission_id = b.submission_id and r.report_month = b.report_month
        left join columns_of as c on c.submission_id = r.submission_id
        left join precision as f on f.submission_id = r.submission_id and f.row_number = r.row_number
        left join unread as u on u.submission_id = r.submission_id and u.row_number = r.row_number
        {" ".join(extra.joins(place, of_batch) for extra in extras)}
        where r.report_month in ({of_batch}) and r.submission_id {place.of_batch}"""


def _precision(sheet: Sheet, place: Workplace) -> str:
    """SQL: the half widths of single cells; a sheet of words has none."""
    if not sheet.measures:
        return "select null::bigint as submission_id, null::integer as row_number where false"
    return own_half_widths(sheet, place, f"select submission_id from {place.gate}.batch")

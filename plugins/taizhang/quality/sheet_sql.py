"""Pieces of SQL that all judged tables share, derived from the column dictionary."""

from collections.abc import Iterable
from datetime import date

from taizhang.dictionary import Column, ColumnType, Sheet
from taizhang.quality.corrected_rows import issues_of, precision_of
from taizhang.quality.judged import amounts
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, one_of
from taizhang.reading.result import IssueKind

# A cell with one of these holds something, yet the row shows nothing: empty must not be taken for zero.
UNREAD_KINDS = (
    IssueKind.ERROR_CELL,
    IssueKind.FORMULA_WITHOUT_VALUE,
    IssueKind.NUMBER_UNREADABLE,
    IssueKind.DATE_UNREADABLE,
    IssueKind.CHOICE_UNKNOWN,
    IssueKind.FLAG_UNREADABLE,
    IssueKind.RATE_SCALE_UNKNOWN,
)


def in_months(months: Iterable[date]) -> str:
    """SQL list of month literals, so that only their partitions are read; never empty."""
    return ", ".join(f"date '{month}'" for month in months) or "null::date"


def submission_columns() -> str:
    """SQL: whose row it is, from the batch `b`."""
    return (
        "b.submission_id, b.unit_code, b.report_month, extract(month from b.report_month)::integer as month_of_year,"
        " (b.report_month + interval '1 month' - interval '1 day')::date as month_end, b.is_combined"
    )


def half_width(column: Column, stored: str) -> str:
    """SQL of a figure's half width; counts are exact."""
    return "0::numeric" if column.type is ColumnType.COUNT else stored


def columns_of(sheet: Sheet, place: Workplace, submissions: str | None = None) -> str:
    """SQL: per submission each column's letter, each figure's half width, the factor of each amount's unit.

    Of the batch, or of a query's submissions. A column whose unit is stated nowhere counts as absent: none of its
    figures was taken.
    """
    submissions = submissions or f"select submission_id from {place.gate}.batch"

    def chosen(expression: str, column: Column) -> str:
        return f"{expression} filter (where column_name = '{column.name}')"

    letters = [f"{chosen('min(letter)', column)} as {column.name}_letter" for column in sheet.columns]
    halves = [
        f"{half_width(column, chosen('max(half_width)', column))} as {column.name}_h" for column in sheet.measures
    ]
    factors = [f"{chosen('max(factor)', column)} as {column.name}_factor" for column in amounts(sheet)]
    return f"""
        select submission_id, {", ".join(letters + halves + factors)}
        from {place.raw}.sheet_column
        where sheet = '{sheet.sheet}' and submission_id {one_of(submissions)}
            and (submission_id, sheet, column_name) not in (
                select submission_id, sheet, column_name from {place.raw}.reading_issue
                where kind = '{IssueKind.UNIT_UNKNOWN}' and sheet is not null and column_name is not null
                    and submission_id {one_of(submissions)}
            )
        group by submission_id"""


def own_half_widths(sheet: Sheet, place: Workplace, submissions: str) -> str:
    """SQL: one row per row of the sheet in which a figure is printed coarser or finer than its column."""
    halves = ", ".join(
        f"max(half_width) filter (where column_name = '{column.name}') as {column.name}_h" for column in sheet.measures
    )
    return f"""
        select submission_id, row_number, {halves}
        from {precision_of(place)} as p
        where sheet = '{sheet.sheet}' and submission_id {one_of(submissions)}
        group by submission_id, row_number"""


def sheet_fields(sheet: Sheet) -> str:
    """SQL: the sheet's columns from the rows `r`, letters and factors from `c`, half widths from `f`, else `c`."""
    letters = [f"c.{column.name}_letter" for column in sheet.columns]
    halves = [f"coalesce(f.{column.name}_h, c.{column.name}_h) as {column.name}_h" for column in sheet.measures]
    factors = [f"c.{column.name}_factor" for column in amounts(sheet)]
    return ", ".join([f"r.{column.name}" for column in sheet.columns] + letters + halves + factors)


def unread_of(sheet: Sheet, place: Workplace, submissions: str | None = None) -> str:
    """SQL: per row of the sheet (of the batch, or of a query's submissions) the columns whose cell was not readable."""
    submissions = submissions or f"select submission_id from {place.gate}.batch"
    return f"""
        select submission_id, row_number, array_agg(distinct column_name) as unread_columns
        from {issues_of(place)} as i
        where sheet = '{sheet.sheet}' and row_number is not null and column_name is not null
            and kind in ({", ".join(map(literal, UNREAD_KINDS))})
            and submission_id {one_of(submissions)}
        group by submission_id, row_number"""

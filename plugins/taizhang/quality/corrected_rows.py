"""Rows of a sheet with approved corrections in place of what was submitted, as SQL; `raw` itself is never changed."""

from sqlalchemy import Connection

from taizhang.dictionary import load_dictionary
from taizhang.quality.statements import Workplace

COLUMNS = "submission_id, sheet, row_number, column_name, correction_id, old_value, new_value, half_width"


def copy_corrections(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.cell_correction` of all corrections as they stand; those of the batch may then be replaced."""
    place.create_as(connection, "cell_correction", f"select {COLUMNS} from raw.cell_correction")


def rows_of(place: Workplace, sheet: str) -> str:
    """SQL of the sheet's rows in a workplace, to stand where its table would, corrected as the run asks for.

    For whole months: rows without a correction are taken as they are, which costs one look into a small hash table.
    """
    names = [column.name for column in load_dictionary()[sheet].columns]
    of_row = "k.submission_id = r.submission_id and k.row_number = r.row_number"
    submitted, corrected = (", ".join(f"{alias}.{name}" for name in names) for alias in ("r", "n"))
    return f"""(
        select r.submission_id, r.report_month, r.unit_code, r.row_number, {submitted}, r.extras
        from {place.raw}.{sheet} as r
        where not exists (select from {place.corrections} as k where k.sheet = '{sheet}' and {of_row})
        union all
        select r.submission_id, r.report_month, r.unit_code, r.row_number, {corrected}, r.extras
        from ({_new_values(sheet, place.corrections)}) as k
        inner join {place.raw}.{sheet} as r on {of_row}
        cross join lateral jsonb_populate_record(r, k.new_values) as n
    )"""


def _new_values(sheet: str, corrections: str) -> str:
    """SQL: the rows of a sheet that are corrected, each with its new values by column."""
    return f"""
            select submission_id, row_number, jsonb_object_agg(column_name, new_value) as new_values
            from {corrections} where sheet = '{sheet}' group by submission_id, row_number"""


def corrected_rows(sheet: str) -> str:
    """SQL of the sheet's rows in `raw` with the corrections that are in effect, to stand where the table would.

    For some submissions: the table's indexes serve as ever, and a row without a correction costs one comparison with
    null per column that is asked for.
    """
    columns = ", ".join(
        f"case when k.submission_id is null then r.{name} else (jsonb_populate_record(r, k.new_values)).{name} end"
        f" as {name}"
        for name in (column.name for column in load_dictionary()[sheet].columns)
    )
    return f"""(
        select r.submission_id, r.report_month, r.unit_code, r.row_number, {columns}, r.extras
        from raw.{sheet} as r
        left join ({_new_values(sheet, "raw.cell_correction")}) as k
            on k.submission_id = r.submission_id and k.row_number = r.row_number
    )"""


def precision_of(place: Workplace) -> str:
    """SQL of the figures with a half width of their own, to stand where `cell_precision` would."""
    return f"""(
        select p.submission_id, p.sheet, p.row_number, p.column_name, p.half_width
        from {place.raw}.cell_precision as p
        where not exists (
            select from {place.corrections} as k
            where k.submission_id = p.submission_id and k.sheet = p.sheet and k.row_number = p.row_number
                and k.column_name = p.column_name
        )
        union all
        select k.submission_id, k.sheet, k.row_number, k.column_name, k.half_width
        from {place.corrections} as k
        where k.half_width is not null
    )"""


def issues_of(place: Workplace) -> str:
    """SQL of what the reader could not take, to stand where `reading_issue` would, corrected cells left out."""
    return f"""(
        select i.*
        from {place.raw}.reading_issue as i
        where not exists (
            select from {place.corrections} as k
            where k.submission_id = i.submission_id and k.sheet = i.sheet and k.row_number = i.row_number
                and k.column_name = i.column_name
        )
    )"""

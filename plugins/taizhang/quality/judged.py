"""The judged tables: one per sheet or kind of record, with all that a rule may look at in one row.

Columns come from the column dictionary. A figure `x` brings its half width `x_h`; a sheet's column brings the letter
under which it stood, `x_letter`, null when the sheet has no such column; an amount brings `x_factor`, which leads from
the unit of its column to 万元.
"""

from dataclasses import dataclass
from functools import cache

from taizhang.dictionary import Column, ColumnType, Sheet, load_dictionary
from taizhang.dictionary.model import UNITS
from taizhang.quality import project_parts
from taizhang.quality.permit_sums import summary_columns
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_extras import extras_of, plain_sheets

DASH = "'—'"


def display(name: str, column_type: ColumnType) -> str:
    """SQL text of a value for a message, in the stored unit, without trailing zeros; a dash when there is none."""
    match column_type:
        case _ if column_type in UNITS:
            shown = f"trim_scale(({name})::numeric)::text"
        case ColumnType.DATE:
            shown = _display_days(name)
        case ColumnType.MONTH:
            shown = f"to_char({name}, 'YYYY-MM')"
        case ColumnType.FLAG:
            shown = f"case when {name} then '是' else '否' end"
        case ColumnType.CHOICES:
            shown = f"array_to_string({name}, '、')"
        case _:
            shown = f"({name})::text"
    return f"coalesce({shown}, {DASH})"


def _display_days(name: str) -> str:
    """SQL: a day, month or year when the range is one, else first and last day."""
    first, after = f"lower({name})", f"upper({name})"
    return (
        f"case when {after} - {first} = 1 then to_char({first}, 'YYYY-MM-DD')"
        f" when date_trunc('month', {first}) = {first} and {first} + interval '1 month' = {after}"
        f" then to_char({first}, 'YYYY-MM')"
        f" when date_trunc('year', {first}) = {first} and {first} + interval '1 year' = {after}"
        f" then to_char({first}, 'YYYY')"
        f" else to_char({first}, 'YYYY-MM-DD') || '..' || to_char({after} - 1, 'YYYY-MM-DD') end"
    )


@dataclass(frozen=True)
class Place:
    """SQL of where a row's finding points to; {column} stands for the column that the check names.

    `subject_key` names the row in every version of the submission, `subject_label` names it for people.
    """

    sheet: str
    row_number: str
    column_name: str
    cell: str = "null"
    sheet_title: str = "null"
    subject_key: str = "null"
    subject_label: str = "null"


@dataclass(frozen=True)
class JudgedTable:
    """A judged table: its columns with their types, and where a finding on one of its rows points to."""

    name: str
    columns: dict[str, ColumnType]
    place: Place

    @property
    def table(self) -> str:
        """Name of the table in the gate's schema."""
        return f"judged_{self.name}"

    def has(self, name: str) -> bool:
        """True if the table has the column, half widths and letters included."""
        return name in self.columns


def amounts(sheet: Sheet) -> tuple[Column, ...]:
    """The sheet's amounts."""
    return tuple(column for column in sheet.columns if column.type is ColumnType.AMOUNT)


def shares(sheet: Sheet) -> tuple[Column, ...]:
    """The sheet's rates that are shares of a breakdown's whole."""
    return tuple(column for column in sheet.columns if column.denominator_of == "breakdown")


def whole_of(share: Column) -> str:
    """Judged column with the whole that a share is of."""
    return f"whole_{share.denominator}"


def sum_of(share: Column) -> str:
    """Judged column with the sum of a breakdown's shares, on the first of its rows."""
    return f"sum_{share.name}"


def _sheet_columns(sheet: Sheet) -> dict[str, ColumnType]:
    columns = {column.name: column.type for column in sheet.columns}
    columns |= {f"{column.name}_h": ColumnType.AMOUNT for column in sheet.measures}
    columns |= {f"{column.name}_factor": ColumnType.AMOUNT for column in amounts(sheet)}
    return columns | {f"{column.name}_letter": ColumnType.TEXT for column in sheet.columns}


_SUBMISSION = {
    "submission_id": ColumnType.COUNT,
    "unit_code": ColumnType.TEXT,
    "report_month": ColumnType.MONTH,
    "month_of_year": ColumnType.COUNT,
    "month_end": ColumnType.TEXT,
    "is_combined": ColumnType.FLAG,
}
_ROW = {"row_number": ColumnType.COUNT, "unread_columns": ColumnType.CHOICES}


def _figures(names: list[str], prefix: str) -> dict[str, ColumnType]:
    return {f"{prefix}{name}{suffix}": ColumnType.AMOUNT for name in names for suffix in ("", "_h")}


def compared_amounts() -> list[str]:
    """Amounts that stand both in the detail and in the unit's own summary."""
    sheets = load_dictionary()
    in_summary = {column.name for column in amounts(sheets["summary"])}
    return [column.name for column in amounts(sheets["project_progress"]) if column.name in in_summary]


def _progress() -> JudgedTable:
    sheet = load_dictionary()["project_progress"]
    earlier = [column.name for column in amounts(sheet)]
    columns = _SUBMISSION | _ROW | _sheet_columns(sheet)
    columns |= {"name_rivals": ColumnType.COUNT, "sibling_median_wan": ColumnType.AMOUNT}
    columns |= {"unknown_code_region": ColumnType.TEXT, "months_apart": ColumnType.COUNT}
    columns |= {"replaced_code_region": ColumnType.TEXT, "code_region_replaced_by": ColumnType.TEXT}
    columns |= {"prev_submission_id": ColumnType.COUNT, "is_first_row": ColumnType.FLAG, "is_noted": ColumnType.FLAG}
    columns |= {"prev_found": ColumnType.FLAG, "prev_is_started": ColumnType.FLAG}
    columns |= {"prev_production_date": ColumnType.DATE, "before_prev_ytd_completed_wan": ColumnType.AMOUNT}
    columns |= _figures(earlier, "prev_") | project_parts.COLUMNS
    place = Place(
        literal(sheet.sheet),
        "row_number",
        "{column}",
        subject_key="coalesce(project_code, project_name)",
        subject_label="project_name",
    )
    return JudgedTable(sheet.sheet, columns, place)


def _summary() -> JudgedTable:
    sheet = load_dictionary()["summary"]
    columns = _SUBMISSION | _ROW | _sheet_columns(sheet)
    columns |= {f"detail_{name}": ColumnType.COUNT for name in ("project_count", "started_count")}
    columns |= {f"detail_{name}_h": ColumnType.AMOUNT for name in ("project_count", "started_count")}
    columns |= _figures(compared_amounts(), "detail_") | summary_columns()
    for share in shares(sheet):
        columns |= {
            whole_of(share): sheet.column(share.denominator or "").type,
            f"{whole_of(share)}_h": ColumnType.AMOUNT,
        }
        columns |= {sum_of(share): ColumnType.RATE, f"{sum_of(share)}_h": ColumnType.AMOUNT}
    place = Place(
        literal(sheet.sheet),
        "row_number",
        "{column}",
        subject_key="concat_ws('/', breakdown_name, item_name)",
        subject_label="item_name",
    )
    return JudgedTable(sheet.sheet, columns, place)


def _reported_total() -> JudgedTable:
    text = ColumnType.TEXT
    columns = _SUBMISSION | {"row_number": ColumnType.COUNT, "sheet": text, "column_name": text, "column_label": text}
    columns |= {"total_kind": text, "label": text, "detail_count": ColumnType.COUNT}
    columns |= {"whole_label": text} | _figures(["reported_value", "detail_value", "whole_value"], "")
    place = Place(
        "sheet", "row_number", "column_name", subject_key="concat_ws('/', total_kind, label)", subject_label="label"
    )
    return JudgedTable("reported_total", columns, place)


def _submission() -> JudgedTable:
    sheet = load_dictionary()["cover"]
    text, count, amount = ColumnType.TEXT, ColumnType.COUNT, ColumnType.AMOUNT
    columns = _SUBMISSION | _sheet_columns(sheet) | {"file_name": text}
    columns |= {"filed_on": text, "due_on": text, "days_late": count, "last_filed_month": ColumnType.MONTH}
    columns |= {"months_skipped": count, "replaced_file": text, "replaced_filed_on": text, "signers_missing": text}
    columns |= {"unit_name": text, "unit_valid_from": text, "unit_valid_to": text, "invalid_unit": text}
    columns |= {"replaced_unit": text, "unit_region_code": text, "unit_region_replaced_by": text}
    columns |= {"twin_rows": count, "twin_equal": count, "twin_unit": text, "twin_file": text}
    columns |= {"repeat_rows": count, "repeat_equal": count, "repeat_month": ColumnType.MONTH, "repeat_file": text}
    columns |= {"restated_publication": count, "restated_rows": count, "restated_file": text}
    columns |= {"restated_before_wan": amount, "restated_after_wan": amount}
    return JudgedTable("submission", columns, Place(literal(sheet.sheet), "null::integer", "{column}"))


def _reading_issue() -> JudgedTable:
    text = ColumnType.TEXT
    names = ("kind", "sheet", "sheet_title", "column_name", "cell", "value", "message_zh", "message_en")
    columns = _SUBMISSION | {"row_number": ColumnType.COUNT} | dict.fromkeys(names, text)
    columns |= {"is_excused": ColumnType.FLAG}
    place = Place(
        "sheet", "row_number", "column_name", "cell", "sheet_title", subject_key="concat_ws('/', kind, value)"
    )
    return JudgedTable("reading_issue", columns, place)


def _rollup() -> JudgedTable:
    text, count = ColumnType.TEXT, ColumnType.COUNT
    columns = _SUBMISSION | {"row_number": count, "column_name": text, "column_label": text, "column_unit": text}
    columns |= {"breakdown_name": text, "label": text, "part_code": text, "is_complete": ColumnType.FLAG}
    columns |= {"below_units": count, "below_expected": count, "below_note_zh": text, "below_note_en": text}
    columns |= _figures(["reported_value", "below_value"], "")
    place = Place(
        "'summary'",
        "row_number",
        "column_name",
        subject_key="concat_ws('/', breakdown_name, label)",
        subject_label="label",
    )
    return JudgedTable("rollup", columns, place)


def _plain(sheet: Sheet) -> JudgedTable:
    """A sheet's own columns and the extras that it has."""
    columns = _SUBMISSION | _ROW | _sheet_columns(sheet)
    for extra in extras_of(sheet.sheet):
        columns |= extra.columns
    named = [f"({name})::text" for name in sheet.subject]
    shown = [f"({f'{name}_name' if f'{name}_name' in columns else name})::text" for name in sheet.subject]
    place = Place(
        literal(sheet.sheet),
        "row_number",
        "{column}",
        subject_key=f"concat_ws('/', {', '.join(named)})",
        subject_label="project_name" if sheet.anchor == "project_name" else f"concat_ws(' ', {', '.join(shown)})",
    )
    return JudgedTable(sheet.sheet, columns, place)


def _open_issue() -> JudgedTable:
    text = ColumnType.TEXT
    columns = _SUBMISSION | {"row_number": ColumnType.COUNT, "issue_no": text, "issue_text": text}
    columns |= {"vanished_issue": text}
    place = Place("'issues'", "row_number", "{column}", subject_key="issue_no", subject_label="issue_no")
    return JudgedTable("open_issue", columns, place)


def _leader() -> JudgedTable:
    count = ColumnType.COUNT
    columns = _SUBMISSION | {"row_number": count, "project_name": ColumnType.TEXT, "projects_led": count}
    columns |= {"months_filed": count, "visits_made": count, "visits_required": count}
    # The leader's name is a personal datum: a finding names the first of the projects.
    place = Place(
        literal("project_progress"), "row_number", "{column}", subject_key="project_name", subject_label="project_name"
    )
    return JudgedTable("leader", columns, place)


def _platform() -> JudgedTable:
    text, count = ColumnType.TEXT, ColumnType.COUNT
    names = ("part_code", "unit_name", "region_name", "project_name", "project_code", "matched_by")
    columns = _SUBMISSION | {"row_number": count} | dict.fromkeys(names, text)
    columns |= {"unknown_region": text, "not_in_book": text, "not_in_platform": text, "not_registered": text}
    columns |= {"book_rows": count, "is_book_known": ColumnType.FLAG}
    columns |= _figures(["total_investment_wan", "book_total_wan"], "")
    place = Place(
        literal("platform_register"),
        "row_number",
        "{column}",
        subject_key="concat_ws('/', unit_name, coalesce(project_code, project_name, region_name))",
        subject_label="coalesce(project_name, unit_name)",
    )
    return JudgedTable("platform", columns, place)


@cache
def judged_tables() -> dict[str, JudgedTable]:
    """Return the judged tables by name, in the order in which they are built."""
    own = (_submission(), _reading_issue(), _progress(), _summary())
    plain = tuple(_plain(sheet) for sheet in plain_sheets())
    compared = (_reported_total(), _rollup(), _open_issue(), _leader(), _platform())
    return {table.name: table for table in (*own, *plain, *compared)}

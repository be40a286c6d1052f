"""A reading as rows that COPY takes: text, so that the process that reads files hands it over for next to nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.reading.result import Explanation, ReadingIssue, SheetReading, WorkbookReading
from taizhang.warehouse.copying import copy_json, copy_text, format_any, format_column, format_typed, joined

# The tables of `raw` that tell how a sheet was read, with their columns after the number of the submission.
RECORDS: dict[str, tuple[str, ...]] = {
    "read_sheet": ("sheet", "sheet_title", "header_first_row", "header_last_row", "detail_count", "skipped_count"),
    "sheet_column": ("sheet", "letter", "column_name", "header_path", "unit", "factor", "decimals", "half_width"),
    "reported_total": (
        *("report_month", "unit_code", "sheet", "row_number", "column_name", "total_kind", "label", "detail_rows"),
        *("reported_value", "half_width"),
    ),
    "cell_precision": ("sheet", "row_number", "column_name", "half_width"),
    "skipped_row": ("sheet", "row_number", "reason", "row_text"),
}


@dataclass
class FormattedReading:
    """A workbook that could be read. `rows` has the lines of each table of `raw` without the submission's number.

    Issues are not among them: what is found out later about the answers is added to them.
    """

    file_name: str
    unit_code: str
    unit_name: str
    report_month: date
    template_version: str | None
    rows: dict[str, str]
    issues: list[ReadingIssue] = field(default_factory=list)
    explanations: list[Explanation] = field(default_factory=list)


def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns of a table of `raw` in the order of the rows of a FormattedReading; the submission leads."""
    if table in RECORDS:
        return ("submission_id", *RECORDS[table])
    definition = load_dictionary()[table]
    numbers = ["row_number"] if definition.layout == "table" else []
    names = [column.name for column in definition.columns]
    return ("submission_id", "report_month", "unit_code", *numbers, *names, "extras")


def format_reading(reading: WorkbookReading) -> FormattedReading:
    """Format the rows of a reading; tables without rows are left out."""
    rows = {}
    for sheet in reading.sheets.values():
        if sheet.row_numbers:
            block = _block(load_dictionary()[sheet.sheet], reading, sheet)
            rows[sheet.sheet] = joined(list(block))
    for table, listed in _RECORDS_OF.items():
        if found := [row for sheet in reading.sheets.values() for row in listed(reading, sheet)]:
            rows[table] = joined([format_any(values) for values in zip(*found, strict=True)])
    return FormattedReading(
        reading.file_name,
        reading.unit_code,
        reading.unit_name,
        reading.report_month,
        reading.template_version,
        rows,
        reading.issues,
        reading.explanations,
    )


def _block(definition: Sheet, reading: WorkbookReading, sheet: SheetReading) -> Iterator[Sequence[str]]:
    """Yield the formatted columns of one sheet."""
    count = len(sheet.row_numbers)
    empty = [None] * count
    yield [reading.report_month.isoformat()] * count
    yield [copy_text(reading.unit_code)] * count
    if definition.layout == "table":
        yield list(map(str, sheet.row_numbers))
    for column in definition.columns:
        yield format_typed(sheet.values.get(column.name, empty), column.type)
    yield format_column(sheet.values.get("extras", empty), copy_json)


Row = tuple[object, ...]


def _read_sheet(_: WorkbookReading, sheet: SheetReading) -> Iterable[Row]:
    first, last = sheet.header_rows or (None, None)
    return [(sheet.sheet, sheet.sheet_title, first, last, len(sheet.row_numbers), len(sheet.skipped))]


def _sheet_columns(_: WorkbookReading, sheet: SheetReading) -> Iterable[Row]:
    return [
        (sheet.sheet, own.letter, own.name, own.header_path, own.unit, own.factor, own.decimals, own.half_width)
        for own in sheet.columns
    ]


def _reported_totals(reading: WorkbookReading, sheet: SheetReading) -> Iterable[Row]:
    return [
        (
            *(reading.report_month, reading.unit_code, sheet.sheet, total.row_number, total.column_name, total.kind),
            *(total.label, total.detail_rows, format(total.value, "f"), total.half_width),
        )
        for total in sheet.totals
    ]


def _cell_precisions(_: WorkbookReading, sheet: SheetReading) -> Iterable[Row]:
    return [(sheet.sheet, cell.row_number, cell.column_name, cell.half_width) for cell in sheet.precisions]


def _skipped_rows(_: WorkbookReading, sheet: SheetReading) -> Iterable[Row]:
    return [(sheet.sheet, row.row_number, row.reason, row.row_text) for row in sheet.skipped]


_RECORDS_OF: dict[str, Callable[[WorkbookReading, SheetReading], Iterable[Row]]] = {
    "read_sheet": _read_sheet,
    "sheet_column": _sheet_columns,
    "reported_total": _reported_totals,
    "cell_precision": _cell_precisions,
    "skipped_row": _skipped_rows,
}

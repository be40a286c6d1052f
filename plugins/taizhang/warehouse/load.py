"""Loading readings into `raw`: one COPY per table for the whole batch, in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.reading.result import SheetReading, WorkbookReading
from taizhang.warehouse.copying import copy_into, copy_json, copy_text, format_any, format_column, format_typed


@dataclass(frozen=True)
class Loadable:
    """A reading and the submission that it belongs to."""

    submission_id: int
    reading: WorkbookReading


def write_readings(connection: Connection, batch: Sequence[Loadable], schema: str = "raw") -> None:
    """COPY readings into the tables of `raw` (or of another schema that has the same tables, for a check).

    The caller commits; the partitions of the months must be there (`ensure_partitions`).
    """
    for name in load_dictionary():
        _write_sheet(connection, name, batch, schema)
    _write_records(connection, f"{schema}.read_sheet", _read_sheets(batch))
    _write_records(connection, f"{schema}.sheet_column", _sheet_columns(batch))
    _write_records(connection, f"{schema}.reported_total", _reported_totals(batch))
    _write_records(connection, f"{schema}.cell_precision", _cell_precisions(batch))
    _write_records(connection, f"{schema}.skipped_row", _skipped_rows(batch))
    _write_records(connection, f"{schema}.reading_issue", _reading_issues(batch))


def _sheets(batch: Sequence[Loadable]) -> Iterable[tuple[Loadable, SheetReading]]:
    for loadable in batch:
        for reading in loadable.reading.sheets.values():
            yield loadable, reading


def _write_sheet(connection: Connection, name: str, batch: Sequence[Loadable], schema: str) -> None:
    definition = load_dictionary()[name]
    filled = [
        (loadable, reading) for loadable, reading in _sheets(batch) if reading.sheet == name and reading.row_numbers
    ]
    if not filled:
        return
    numbers = ["row_number"] if definition.layout == "table" else []
    names = ["submission_id", "report_month", "unit_code", *numbers, *(c.name for c in definition.columns), "extras"]
    copy_into(connection, f"{schema}.{name}", names, (_block(definition, *pair) for pair in filled))


def _block(definition: Sheet, loadable: Loadable, reading: SheetReading) -> Iterator[Sequence[str]]:
    """Yield the formatted columns of one sheet of one workbook."""
    count = len(reading.row_numbers)
    empty = [None] * count
    yield [str(loadable.submission_id)] * count
    yield [loadable.reading.report_month.isoformat()] * count
    yield [copy_text(loadable.reading.unit_code)] * count
    if definition.layout == "table":
        yield list(map(str, reading.row_numbers))
    for column in definition.columns:
        yield format_typed(reading.values.get(column.name, empty), column.type)
    yield format_column(reading.values.get("extras", empty), copy_json)


def _write_records(connection: Connection, table: str, records: Iterable[dict[str, Any]]) -> None:
    rows = list(records)
    if rows:
        columns = zip(*(row.values() for row in rows), strict=True)
        copy_into(connection, table, rows[0], [[format_any(values) for values in columns]])


def _read_sheets(batch: Sequence[Loadable]) -> Iterable[dict[str, Any]]:
    for loadable, reading in _sheets(batch):
        first, last = reading.header_rows or (None, None)
        yield {
            "submission_id": loadable.submission_id,
            "sheet": reading.sheet,
            "sheet_title": reading.sheet_title,
            "header_first_row": first,
            "header_last_row": last,
            "detail_count": len(reading.row_numbers),
            "skipped_count": len(reading.skipped),
        }


def _sheet_columns(batch: Sequence[Loadable]) -> Iterable[dict[str, Any]]:
    for loadable, reading in _sheets(batch):
        for column in reading.columns:
            yield {
                "submission_id": loadable.submission_id,
                "sheet": reading.sheet,
                "letter": column.letter,
                "column_name": column.name,
                "header_path": column.header_path,
                "unit": column.unit,
                "factor": column.factor,
                "decimals": column.decimals,
                "half_width": column.half_width,
            }


def _reported_totals(batch: Sequence[Loadable]) -> Iterable[dict[str, Any]]:
    for loadable, reading in _sheets(batch):
        for total in reading.totals:
            yield {
                "submission_id": loadable.submission_id,
                "report_month": loadable.reading.report_month,
                "unit_code": loadable.reading.unit_code,
                "sheet": reading.sheet,
                "row_number": total.row_number,
                "column_name": total.column_name,
                "total_kind": total.kind,
                "label": total.label,
                "detail_rows": total.detail_rows,
                "reported_value": format(total.value, "f"),
                "half_width": total.half_width,
            }


def _cell_precisions(batch: Sequence[Loadable]) -> Iterable[dict[str, Any]]:
    for loadable, reading in _sheets(batch):
        for cell in reading.precisions:
            yield {
                "submission_id": loadable.submission_id,
                "sheet": reading.sheet,
                "row_number": cell.row_number,
                "column_name": cell.column_name,
                "half_width": cell.half_width,
            }


def _skipped_rows(batch: Sequence[Loadable]) -> Iterable[dict[str, Any]]:
    for loadable, reading in _sheets(batch):
        for row in reading.skipped:
            yield {
                "submission_id": loadable.submission_id,
                "sheet": reading.sheet,
                "row_number": row.row_number,
                "reason": row.reason,
                "row_text": row.row_text,
            }


def _reading_issues(batch: Sequence[Loadable]) -> Iterable[dict[str, Any]]:
    for loadable in batch:
        for number, issue in enumerate(loadable.reading.issues, start=1):
            record = {field.name: getattr(issue, field.name) for field in fields(issue)}
            yield {"submission_id": loadable.submission_id, "issue_no": number, **record}

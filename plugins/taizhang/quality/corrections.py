"""Applying corrections to a batch: each is located, compared with what was submitted, and laid over the judged rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from taizhang.errors import TaizhangError
from taizhang.quality.amendments import Correction
from taizhang.quality.cell_values import Value, read_value, shown, value_of_row
from taizhang.quality.corrected_rows import COLUMNS
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_sql import UNREAD_KINDS
from taizhang.quality.statements import Workplace, run
from taizhang.reading.text import squeeze


class CorrectionError(TaizhangError):
    """A correction does not fit what was submitted, or what it leads to cannot stand: nothing is decided."""


@dataclass(frozen=True)
class Submitted:
    """A submission to which a correction applies."""

    submission_id: int
    file_name: str


@dataclass(frozen=True)
class Cell:
    """What a submission holds in a cell: its value, or the text of which the reader could make nothing."""

    row_number: int
    value: Value
    unreadable: str | None = None

    @property
    def shown(self) -> str:
        """What is found, for a person."""
        return f"“{self.unreadable}”" if self.unreadable is not None else shown(self.value)


def locate(connection: Connection, place: Workplace, correction: Correction, submitted: Submitted) -> Cell:
    """Find the cell of a correction in a submission; CorrectionError when there is not exactly one such cell."""
    sheet, column = correction.definition, correction.target
    of_sheet = {"submission": submitted.submission_id, "sheet": sheet.sheet, "column": column.name}
    has_column = connection.execute(
        text(
            f"select 1 from {place.raw}.sheet_column"
            " where submission_id = :submission and sheet = :sheet and column_name = :column limit 1"
        ),
        of_sheet,
    ).scalar()
    if has_column is None:
        raise _error(correction, submitted, f"the sheet {sheet.title} with the column {column.label}", "none")
    if correction.project is not None:
        is_row, named = "(project_code = :project or project_name = :project)", {"project": correction.project}
    else:
        is_row = "breakdown_name = :breakdown and item_name = :item"
        named = {"breakdown": str(correction.breakdown_code), "item": str(correction.item)}
    rows = connection.execute(
        text(
            f"select row_number, {column.name} as value from {place.raw}.{sheet.sheet}"
            f" where report_month = :month and submission_id = :submission and {is_row} order by row_number"
        ),
        {"month": correction.month, "submission": submitted.submission_id, **named},
    ).all()
    if len(rows) != 1:
        found = f"{len(rows)}: rows {', '.join(str(row.row_number) for row in rows)}" if rows else "none"
        raise _error(correction, submitted, f"one row {correction.subject} in {sheet.title}", found)
    (row,) = rows
    return Cell(row.row_number, value_of_row(row.value), _unreadable(connection, place, of_sheet, row.row_number))


def _unreadable(connection: Connection, place: Workplace, of_sheet: dict[str, object], row_number: int) -> str | None:
    """The text of a cell of which the reader could make nothing; None where it could read the cell."""
    kinds = ", ".join(map(literal, UNREAD_KINDS))
    return connection.execute(
        text(
            f"select coalesce(value, '') from {place.raw}.reading_issue"
            f" where submission_id = :submission and sheet = :sheet and column_name = :column and row_number = :row"
            f" and kind in ({kinds}) order by issue_no limit 1"
        ),
        {**of_sheet, "row": row_number},
    ).scalar()


def fits(correction: Correction, cell: Cell) -> bool:
    """True if the cell holds what the correction expects."""
    if cell.unreadable is not None:
        return squeeze(cell.unreadable) == squeeze(correction.old_value)
    try:
        return cell.value == read_value(correction.target, correction.old_value).value
    except ValueError:
        return False


def is_done(correction: Correction, cell: Cell) -> bool:
    """True if the unit has put the new value there itself: there is nothing left to correct."""
    return cell.unreadable is None and cell.value == correction.corrected.value


def _error(correction: Correction, submitted: Submitted, expected: str, found: str) -> CorrectionError:
    return CorrectionError(
        f"correction {correction.id} does not fit {submitted.file_name} ({correction.unit}"
        f" {correction.month:%Y-%m}, submission {submitted.submission_id}): expected {expected}; found {found}"
    )


def require_fit(correction: Correction, cell: Cell, submitted: Submitted) -> None:
    """CorrectionError, with what was expected and found, unless the cell holds the expected old value."""
    if not fits(correction, cell):
        label, old = correction.target.label, correction.old_value
        where = f"{label} of {correction.subject} (row {cell.row_number} of {correction.definition.title})"
        raise _error(correction, submitted, f"{where} to be {f'“{old}”' if old else '空'}", cell.shown)


def apply_corrections(connection: Connection, place: Workplace, corrections: Iterable[Correction]) -> None:
    """Replace the corrected cells of the batch in `<gate>.cell_correction` by those that the files ask for now.

    `raw` keeps what was submitted. CorrectionError when one does not fit; a correction of which no submission has
    arrived waits, and one whose new value the unit has sent itself changes nothing.
    """
    run(
        connection,
        f"delete from {place.corrections} where submission_id in (select submission_id from {place.gate}.batch)",
    )
    taken: dict[tuple[int, str, int, str], str] = {}
    for correction in corrections:
        for submitted in _of_batch(connection, place, correction):
            cell = locate(connection, place, correction, submitted)
            if is_done(correction, cell):
                continue
            require_fit(correction, cell, submitted)
            key = (submitted.submission_id, correction.definition.sheet, cell.row_number, correction.target.name)
            if (other := taken.setdefault(key, correction.id)) != correction.id:
                raise CorrectionError(f"the corrections {other} and {correction.id} are of the same cell")
            _lay_over(connection, place, correction, submitted, cell)


def _of_batch(connection: Connection, place: Workplace, correction: Correction) -> list[Submitted]:
    rows = run(
        connection,
        f"select submission_id, file_name from {place.gate}.batch where unit_code = {literal(correction.unit)}"
        f" and report_month = date '{correction.month}' order by submission_id",
    )
    return [Submitted(**row) for row in rows.mappings()]


def _lay_over(
    connection: Connection, place: Workplace, correction: Correction, submitted: Submitted, cell: Cell
) -> None:
    corrected = correction.corrected
    connection.execute(
        text(
            f"insert into {place.corrections} ({COLUMNS}) values (:submission, :sheet, :row, :column,"
            " :correction, :old, cast(:new as jsonb), :half_width)"
        ),
        {
            "submission": submitted.submission_id,
            "sheet": correction.definition.sheet,
            "row": cell.row_number,
            "column": correction.target.name,
            "correction": correction.id,
            "old": cell.unreadable if cell.unreadable is not None else shown(cell.value),
            "new": corrected.as_json,
            "half_width": corrected.half_width,
        },
    )

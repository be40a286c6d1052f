"""Which corrections a publication was made with, from what the gate has written down when it judged."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, text

from taizhang.dictionary import load_dictionary
from taizhang.quality.amendments import Correction

_USED = text(
    """
    with judged as (
        select submission_id, max(gate_run_id) as gate_run_id
        from audit.judgement
        where
            submission_id = any(:submissions)
            and gate_run_id <= (select gate_run_id from ops.publication where publication_id = :publication)
        group by submission_id
    )

    select amendment.submission_id, amendment.entry
    from judged
    inner join audit.amendment as amendment
        on judged.submission_id = amendment.submission_id and judged.gate_run_id = amendment.gate_run_id
    where amendment.kind = 'correction' and amendment.finding_count > 0
    order by amendment.submission_id, amendment.amendment_id
    """
)


@dataclass(frozen=True)
class UsedCorrections:
    """Corrections of a column of a sheet, by submission."""

    by_submission: dict[int, list[Correction]]

    def of_row(self, submission_id: int, names: set[object]) -> Correction | None:
        """The correction of a row that has these names: the project's code, and its name as submitted or corrected."""
        found = (entry for entry in self.by_submission.get(submission_id, []) if entry.project in names)
        return next(found, None)


def corrections_used(
    connection: Connection, publication: int, submissions: set[int], sheet: str, column: str
) -> UsedCorrections:
    """Return the corrections of a column that submissions were judged with last before a publication."""
    rows = connection.execute(_USED, {"submissions": sorted(submissions), "publication": publication})
    definition = load_dictionary()[sheet]
    sheet_names = {definition.sheet, definition.title}
    column_names = {name for one in definition.columns if one.name == column for name in (one.name, one.label)}
    found: dict[int, list[Correction]] = {}
    for row in rows:
        # What was valid then need not be by the registers of today.
        entry = Correction.model_construct(**row.entry)
        if entry.sheet in sheet_names and entry.column in column_names:
            found.setdefault(row.submission_id, []).append(entry)
    return UsedCorrections(found)


def share_of(correction: Correction) -> Decimal | None:
    """Return what the corrected cell adds to a sum, or 1 or 0 to a count."""
    value = correction.corrected.value
    return value if isinstance(value, Decimal) or value is None else Decimal(bool(value))

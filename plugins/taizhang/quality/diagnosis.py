"""Diagnosis of contradictions: which single cell a submitter should look at first. Suggested, never applied."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from taizhang.dictionary import load_dictionary
from taizhang.quality.catalogue import Check
from taizhang.quality.minimal_change import Change, best_changes
from taizhang.quality.row_conditions import literal
from taizhang.quality.slips import Slip, digits_for_letters
from taizhang.quality.statements import Workplace, run
from taizhang.quality.submission_ties import FindingPlace, SubmissionTies, load_ties, tie_checks
from taizhang.reading.result import IssueKind

log = logging.getLogger(__name__)

# More broken ties than this have one cause that is no single cell; more submissions would keep the night waiting.
MOST_BROKEN = 60
MOST_SUBMISSIONS = 500

SLIPS_ZH = {
    Slip.UNIT: "疑为计量单位用错",
    Slip.SIGN: "疑为正负号填反",
    Slip.DIGITS_SWAPPED: "疑为数字顺序颠倒",
    Slip.DECIMAL_POINT: "疑为小数点错位",
    Slip.OTHER: "疑为填写有误",
}
SLIPS_EN = {
    Slip.UNIT: "wrong unit?",
    Slip.SIGN: "wrong sign?",
    Slip.DIGITS_SWAPPED: "digits swapped?",
    Slip.DECIMAL_POINT: "decimal point misplaced?",
    Slip.OTHER: "mistyped?",
}


@dataclass(frozen=True)
class Suggestion:
    """What is suggested for one finding: the cell, the value as it would be printed, and why."""

    place: FindingPlace
    cell: str
    value: str
    text_zh: str
    text_en: str


def suggest(connection: Connection, checks: Iterable[Check], place: Workplace) -> int:
    """Write suggestions into `<gate>.finding`; returns how many findings got one."""
    ties = tie_checks(checks)
    submissions = _with_broken_ties(connection, place, [check.meta.check_id for check in ties])
    suggestions = _letters(connection, place)
    for found in load_ties(connection, ties, place, submissions):
        changes = best_changes(found.broken, found.holding, found.values, found.decimals_of)
        suggestions += [entry for change in changes for entry in _suggestions(found, change)]
    _write(connection, place, suggestions)
    return len(suggestions)


def _with_broken_ties(connection: Connection, place: Workplace, check_ids: list[str]) -> list[int]:
    """Submissions with some broken ties, those with the fewest first."""
    found = run(
        connection,
        f"""
        select submission_id, count(*) as broken from {place.gate}.finding
        where verdict = 'contradiction' and check_id in ({", ".join(map(literal, check_ids)) or "null"})
        group by submission_id order by broken, submission_id""",
    ).all()
    few = [row.submission_id for row in found if row.broken <= MOST_BROKEN]
    if len(few) < len(found) or len(few) > MOST_SUBMISSIONS:
        log.info("%s of %s submissions are not diagnosed", len(found) - len(few[:MOST_SUBMISSIONS]), len(found))
    return few[:MOST_SUBMISSIONS]


def _suggestions(found: SubmissionTies, change: Change) -> Iterable[Suggestion]:
    """The suggestion for every finding that the change would mend."""
    address, now, then = found.address(change.cell), *found.printed(change.cell, change.value)
    label = load_dictionary()[change.cell.sheet].column(change.cell.column_name).label
    count = len(change.mended)
    text_zh = (
        f"只改 {address}（{label}）一格，由 {now} 改为 {then}，可消除 {count} 处矛盾；{SLIPS_ZH[change.slip]}，请核实"
    )
    text_en = f"changing {address} alone from {now} to {then} would mend {count}; {SLIPS_EN[change.slip]}"
    for index in sorted(change.mended):
        yield Suggestion(found.places[index], address, then, text_zh, text_en)


def _letters(connection: Connection, place: Workplace) -> list[Suggestion]:
    """Suggestions for cells in which letters stand where digits should."""
    rows = run(
        connection,
        f"""
        select f.submission_id, f.check_id, f.sheet, f.row_number, f.column_name, f.cell, f.value
        from {place.gate}.finding as f
        inner join {place.gate}.judged_reading_issue as i
            on i.submission_id = f.submission_id and i.cell = f.cell and i.sheet = f.sheet
            and i.kind = {literal(IssueKind.NUMBER_UNREADABLE)}
        where f.cell is not null and f.value is not null""",
    )
    suggestions = []
    for row in rows:
        figure = digits_for_letters(row.value)
        if figure is not None:
            spot = FindingPlace(row.submission_id, row.check_id, row.sheet, row.row_number, row.column_name)
            text_zh = f"{row.cell} 疑将数字误录为形近字母，可能是 {figure}，请核实"
            text_en = f"{row.cell}: letters for digits? {figure} could be meant"
            suggestions.append(Suggestion(spot, row.cell, str(figure), text_zh, text_en))
    return suggestions


def _write(connection: Connection, place: Workplace, suggestions: list[Suggestion]) -> None:
    if not suggestions:
        return
    values = ", ".join(
        f"({entry.place.submission_id}::bigint, {literal(entry.place.check_id)}, {literal(entry.place.sheet)},"
        f" {entry.place.row_number or 'null'}::integer, {literal(entry.place.column_name)},"
        f" {literal(entry.cell)}, {literal(entry.value)}, {literal(entry.text_zh)}, {literal(entry.text_en)})"
        for entry in suggestions
    )
    run(
        connection,
        f"""
        update {place.gate}.finding as f
        set suggested_cell = s.cell, suggested_value = s.value, suggestion_zh = s.text_zh, suggestion_en = s.text_en
        from (values {values})
            as s (submission_id, check_id, sheet, row_number, column_name, cell, value, text_zh, text_en)
        where f.submission_id = s.submission_id and f.check_id = s.check_id and f.sheet = s.sheet
            and f.row_number is not distinct from s.row_number and f.column_name = s.column_name""",
    )

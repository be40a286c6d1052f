"""Applying waivers: a contradiction that a waiver covers keeps its severity, but no longer counts in the decision."""

from collections.abc import Iterable

from sqlalchemy import Connection

from taizhang.quality.amendments import Waiver
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run


def covers(waiver: Waiver, finding: str, owner: str) -> str:
    """SQL: the waiver covers a finding (alias) on a submission whose unit and month stand in `owner` (alias)."""
    rule, subject = literal(waiver.rule), literal(waiver.subject or "")
    of_subject = f" and {subject} in ({finding}.subject_key, {finding}.subject_label)" if waiver.subject else ""
    return (
        f"{finding}.verdict = 'contradiction' and {rule} in ({finding}.rule_id, {finding}.check_id)"
        f" and {owner}.unit_code = {literal(waiver.unit)}"
        f" and {owner}.report_month between date '{waiver.months.first}' and date '{waiver.months.last}'{of_subject}"
    )


def apply_waivers(connection: Connection, place: Workplace, waivers: Iterable[Waiver]) -> None:
    """Write into each contradiction of `<gate>.finding` the waiver that covers it; of several the first."""
    for waiver in waivers:
        run(
            connection,
            f"""
            update {place.gate}.finding as f
            set waiver_id = {literal(waiver.id)}
            from {place.gate}.batch as b
            where b.submission_id = f.submission_id and f.waiver_id is null and {covers(waiver, "f", "b")}""",
        )

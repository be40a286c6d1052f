"""Answers to findings: kept in `audit.explanation` with the submission that brought them, if the finding is its unit's.

An answer to a finding that the unit never got for the month is noted as a reading issue.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from taizhang.reading.messages import IssueLog
from taizhang.reading.result import Explanation
from taizhang.warehouse.copying import storable
from taizhang.warehouse.load import Loadable

_KNOWN = text(
    """
    with answer as (
        select *
        from unnest(
            cast(:units as text[]), cast(:months as date[]), cast(:keys as text[])
        ) with ordinality as answer (unit_code, report_month, finding_key, position)
    )

    select answer.position
    from answer
    where exists (
        select
        from audit.finding as finding
        inner join ops.submission as submission on finding.submission_id = submission.submission_id
        where
            finding.finding_key = answer.finding_key
            and submission.unit_code = answer.unit_code
            and submission.report_month = answer.report_month
    )
    """
)

_STORE = text(
    """
    with answer as (
        select *
        from unnest(
            cast(:submissions as bigint[]), cast(:keys as text[]), cast(:texts as text[])
        ) as answer (submission_id, finding_key, explanation)
    )

    insert into audit.explanation (submission_id, unit_code, report_month, finding_key, check_id, explanation)
    select
        answer.submission_id,
        submission.unit_code,
        submission.report_month,
        answer.finding_key,
        asked.check_id,
        answer.explanation
    from answer
    inner join ops.submission as submission on answer.submission_id = submission.submission_id
    cross join lateral (
        select finding.check_id
        from audit.finding as finding
        where finding.finding_key = answer.finding_key
        order by finding.finding_id desc
        limit 1
    ) as asked
    where not exists (
        select
        from audit.explanation as kept
        where kept.submission_id = answer.submission_id and kept.finding_key = answer.finding_key
    )
    """
)


def take_answers(connection: Connection, batch: Sequence[Loadable]) -> list[tuple[Loadable, Explanation]]:
    """Return the answers to findings that the unit got for this month; the others become issues of their reading."""
    given = [(loadable, answer) for loadable in batch for answer in loadable.reading.explanations]
    if not given:
        return []
    values: dict[str, Any] = {
        "units": [loadable.reading.unit_code for loadable, _ in given],
        "months": [loadable.reading.report_month for loadable, _ in given],
        "keys": [answer.finding_key for _, answer in given],
    }
    known = set(connection.scalars(_KNOWN, values))
    for position, (loadable, answer) in enumerate(given, 1):
        if position not in known:
            _note_unknown(loadable, answer)
    return [pair for position, pair in enumerate(given, 1) if position in known]


def _note_unknown(loadable: Loadable, answer: Explanation) -> None:
    log = IssueLog(None, answer.sheet_title)
    log.add("explanation_unknown", row=answer.row_number, value=answer.text)
    # A batch that could not be loaded is loaded again file by file.
    loadable.reading.issues += [issue for issue in log.issues if issue not in loadable.reading.issues]


def store_answers(connection: Connection, answers: Sequence[tuple[Loadable, Explanation]]) -> None:
    """Keep the answers; what a submission has answered already stays as it is."""
    if answers:
        values: dict[str, Any] = {
            "submissions": [loadable.submission_id for loadable, _ in answers],
            "keys": [answer.finding_key for _, answer in answers],
            "texts": [storable(answer.text) for _, answer in answers],
        }
        connection.execute(_STORE, values)

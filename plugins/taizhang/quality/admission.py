"""What the gate lets come into force at once, and what waits for people: for a review, or for a restatement."""

import json
from datetime import date

from sqlalchemy import Connection

from taizhang.closing.people import Approvals
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run

IN_REVIEW, HELD = "in_review", "held"


def admit(connection: Connection, place: Workplace, people: Approvals) -> None:
    """Make `<gate>.admission`: per submission of the batch the state that it takes if nothing in it blocks.

    `held`: its month is closed, and two people have not restated it. `in_review`: somebody is to look at it first and
    has not. `accepted`: all others, and what is in force already. The caller has seen to it that nobody decides now.
    """
    place.create_as(
        connection,
        "admission",
        f"""
        select b.submission_id,
            case
                when b.state_before = 'accepted' then 'accepted'
                when c.report_month is not null and not {_decided("b", "restatement_approved")} then '{HELD}'
                when c.report_month is null and r.unit_code is not null and not {_decided("b", "review_accepted")}
                    then '{IN_REVIEW}'
                else 'accepted'
            end as state
        from {place.gate}.batch as b
        left join ops.month_close as c on c.report_month = b.report_month and c.state = 'closed'
        left join ({_reviewed(connection, place, people)}) as r
            on r.unit_code = b.unit_code and r.report_month = b.report_month""",
    )


def admit_all(connection: Connection, place: Workplace) -> None:
    """Make the same table where nobody is asked."""
    place.create_as(connection, "admission", f"select submission_id, 'accepted' as state from {place.gate}.batch")


def _decided(alias: str, decision: str) -> str:
    return (
        f"exists (select from ops.approval as a where a.submission_id = {alias}.submission_id"
        f" and a.decision = '{decision}')"
    )


def _reviewed(connection: Connection, place: Workplace, people: Approvals) -> str:
    """SQL: the units and months of the batch whose submissions are reviewed."""
    found: list[tuple[str, date]] = []
    if people.reviews:
        rows = run(connection, f"select distinct unit_code, report_month from {place.gate}.batch")
        found = [(row.unit_code, row.report_month) for row in rows if people.review_of(row.unit_code, row.report_month)]
    listed = json.dumps([{"unit_code": unit, "report_month": month.isoformat()} for unit, month in found])
    return f"select * from jsonb_to_recordset({literal(listed)}::jsonb) as given (unit_code text, report_month date)"

"""Asking people through a form: what it shows, who is asked and for how long, and what follows from the answer."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Engine

from taizhang.closing import month_state, review
from taizhang.closing.decisions import DecisionError, Undecided
from taizhang.closing.markdown import month_page, review_page
from taizhang.closing.people import Approvals, approvals
from taizhang.geography import region
from taizhang.quality.amendments import today

# The person who answered, as the form says it.
Answer = dict[str, Any]


def months_to_ask(engine: Engine, actor: str) -> list[dict[str, Any]]:
    """Lay each due month before those who close months; returns one form for each; none when nobody is to be asked.

    A month of which something was judged since the last publication is left for the next time.
    """
    people = approvals()
    if not people.closing.approvers:
        return []
    forms = []
    for month in month_state.due_months(engine):
        try:
            event = month_state.lay_before(engine, month, actor, "已过报送时限", people.closing.approvers)
        except month_state.OutdatedError:
            continue
        forms.append(
            {
                "subject": f"{month:%Y年%m月} 关账审批（第 {event.publication_id} 期）",
                "body": month_page(event),
                "report_month": month.isoformat(),
                "laid_sha256": event.sha256,
                **_asked(people, people.closing.approvers),
            }
        )
    return forms


def reviews_to_ask(engine: Engine) -> list[dict[str, Any]]:
    """Return one form for each region whose people have something to review."""
    people = approvals()
    by_region: dict[str, list[Undecided]] = defaultdict(list)
    for one, code in review.waiting(engine, people):
        if code is not None:
            by_region[code].append(one)
    reviewers = {entry.region: entry.reviewers for entry in people.reviews}
    return [
        {
            "subject": f"{_name(code)}：待审核报送 {len(listed)} 份",
            "body": review_page(_name(code), listed),
            "submissions": [one.submission_id for one in listed],
            **_asked(people, reviewers[code]),
        }
        for code, listed in sorted(by_region.items())
    ]


def answer_month(engine: Engine, report_month: str, laid_sha256: str, answer: Answer, *, is_approved: bool) -> None:
    """Close the month or leave it open, as the person has said who answered."""
    month, people = date.fromisoformat(report_month), approvals()
    carry_out = month_state.approve if is_approved else month_state.reject
    carry_out(engine, month, laid_sha256, _who(answer), _given(answer, "reason"), people)


def answer_review(engine: Engine, submissions: Iterable[int], answer: Answer, *, is_approved: bool) -> None:
    """Accept the submissions but for those that the person names, or return them all.

    DecisionError when a number is not among those that were shown. What has moved on since is left as it is.
    """
    people, shown = approvals(), set(submissions)
    named = {int(number) for number in re.findall(r"\d+", _given(answer, "returned"))}
    if strange := named - shown:
        raise DecisionError(f"submission {min(strange)} was not among those shown")
    returned = named if is_approved else shown
    still = {one.submission_id for one, _ in review.waiting(engine, people)}
    if back := sorted(returned & still):
        review.give_back(engine, back, _who(answer), _given(answer, "reason"), people)
    if on := sorted((shown - returned) & still):
        review.accept(engine, on, _who(answer), _given(answer, "reason") or "审核接收", people)


def _asked(people: Approvals, names: Iterable[str]) -> dict[str, Any]:
    """Who is asked, as Airflow knows them, and for how many hours."""
    known = [people.person(name) for name in names]
    return {
        "assigned_users": [{"id": person.id, "name": person.name} for person in known],
        "response_timeout": people.closing.response_hours,
    }


def _who(answer: Answer) -> str:
    return str(answer["responded_by_user"]["id"])


def _given(answer: Answer, name: str) -> str:
    return str((answer.get("params_input") or {}).get(name) or "").strip()


def _name(code: str) -> str:
    return region(code, today()).region_name

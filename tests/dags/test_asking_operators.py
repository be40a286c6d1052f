"""What the operators that ask people make of an answer, a refusal, silence, and an answer that does not count."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from taizhang.airflow_tasks.closing import MonthApproval, ReviewApproval
from taizhang.closing import asking
from taizhang.closing.month_state import OutdatedError
from taizhang.warehouse import connection

ASKED = {"task_id": "ask", "subject": "关账", "body": "…", "response_timeout": timedelta(hours=1), "retries": 2}
WANG = {"id": "wangjun", "name": "王军"}


@pytest.fixture
def carried_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was to be carried out: what it is about, who answered, what he said, and whether he approved."""
    found: list[tuple[Any, ...]] = []

    def note(_: object, *about: Any, is_approved: bool) -> None:
        *what, answer = about
        found.append((*what, answer["responded_by_user"]["id"], answer["params_input"], is_approved))

    monkeypatch.setattr(connection, "engine", lambda: None)
    monkeypatch.setattr(asking, "answer_month", note)
    monkeypatch.setattr(asking, "answer_review", note)
    return found


def month() -> MonthApproval:
    return MonthApproval(**ASKED, report_month="2024-01-01", laid_sha256="abc", assigned_users=[WANG])


def review() -> ReviewApproval:
    return ReviewApproval(**ASKED, submissions=[1, 2], assigned_users=[WANG])


def answer(choice: str, **given: str) -> dict[str, Any]:
    now = datetime(2024, 3, 1, tzinfo=UTC)
    return {"chosen_options": [choice], "params_input": given, "responded_at": now, "responded_by_user": WANG}


def test_an_approval_is_carried_out(carried_out: list[tuple[Any, ...]]):
    month().execute_complete({}, answer("Approve", reason="无误"))
    review().execute_complete({}, answer("Approve", reason="不符", returned="2"))
    assert carried_out == [
        ("2024-01-01", "abc", "wangjun", {"reason": "无误"}, True),
        ([1, 2], "wangjun", {"reason": "不符", "returned": "2"}, True),
    ]


def test_a_refusal_is_carried_out_and_not_asked_again(carried_out: list[tuple[Any, ...]]):
    with pytest.raises(AirflowFailException, match="refused"):
        month().execute_complete({}, answer("Reject", reason="通渭县未报"))
    assert carried_out == [("2024-01-01", "abc", "wangjun", {"reason": "通渭县未报"}, False)]


def test_silence_fails_and_changes_nothing(carried_out: list[tuple[Any, ...]]):
    with pytest.raises(AirflowFailException, match="nobody has answered"):
        month().execute_complete({}, {"error": "too late", "error_type": "timeout"})
    assert carried_out == []


@pytest.mark.parametrize("choice", ["Approve", "Reject"])
def test_an_answer_that_does_not_count_says_why(monkeypatch: pytest.MonkeyPatch, choice: str):
    def outdated(*_: object, **__: object) -> None:
        raise OutdatedError("a newer publication has appeared")

    monkeypatch.setattr(connection, "engine", lambda: None)
    monkeypatch.setattr(asking, "answer_month", outdated)
    with pytest.raises(AirflowFailException, match="a newer publication has appeared"):
        month().execute_complete({}, answer(choice, reason="无误"))

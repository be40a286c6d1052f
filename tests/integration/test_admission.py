"""What passed the gate and waits for people: held for a closed month, or in review; and what becomes of it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.closing import asking, restatement, review
from taizhang.closing.decisions import DecisionError
from taizhang.closing.people import NotEntitledError
from taizhang.feedback.delivery import deliver, pending
from taizhang.quality import gate
from taizhang.quality.amendment_states import amendment_states
from taizhang.quality.amendments import Amendments
from taizhang.quality.gate import GateReport, judge_batch
from taizhang.quality.settled_months import MonthClosedMeanwhileError
from tests.amended import JANUARY, january
from tests.amendment_files import amendments, correction, waiver
from tests.closing import LI, WANG, ZHANG, ZHAO, close, people
from tests.waiting import findings, reading, rows_of, states, submit

pytestmark = pytest.mark.usefixtures("own_counts")

CITY = "621100"
NOTHING = Amendments()


def judge(engine: Engine, entries: Amendments = NOTHING, reviewed: str | None = None) -> GateReport:
    return judge_batch(engine, amendments=entries, people=people(reviewed=reviewed))


def in_force(engine: Engine, ytd: str, month: int = 1) -> int:
    """陇西县 has filed this of a month, and it counts."""
    (number,) = submit(engine, reading(month, ytd, ytd))
    judge(engine)
    assert states(engine, [number]) == ["accepted"]
    return number


def held(engine: Engine, ytd: str = "40") -> tuple[int, int]:
    """January was closed with one submission of 陇西县, and another has come: both numbers."""
    first = in_force(engine, "30")
    close(engine, JANUARY)
    (second,) = submit(engine, reading(1, ytd, ytd))
    report = judge(engine)
    assert [decision.submission_id for decision in report.held] == [second]
    assert states(engine, [first, second]) == ["accepted", "held"]
    return first, second


def events(engine: Engine, number: int) -> list[tuple[str, str]]:
    rows = rows_of(
        engine, "select state, actor from ops.submission_event where submission_id = :n order by event_id", n=number
    )
    return [(row["state"], row["actor"]) for row in rows]


def decisions(engine: Engine) -> list[tuple[str, str]]:
    return [
        (row["decision"], row["actor"]) for row in rows_of(engine, "select * from ops.approval order by approval_id")
    ]


@pytest.mark.both_servers
def test_without_closed_months_and_reviews_all_count_at_once(engine: Engine):
    first, second = submit(engine, reading(1, "30", "30"), reading(1, "40", "40"))
    report = judge_batch(engine, amendments=NOTHING)
    assert states(engine, [first, second]) == ["superseded", "accepted"]
    assert (report.held, report.in_review) == ([], [])
    assert decisions(engine) == []


@pytest.mark.both_servers
def test_a_closed_month_is_restated_by_two_people(engine: Engine):
    first, second = held(engine)
    with pytest.raises(DecisionError, match="nobody has asked"):
        restatement.approve(engine, second, WANG, "同意", people())
    with pytest.raises(NotEntitledError, match="zhaoqiang"):
        restatement.request(engine, second, ZHAO, "漏报", people())
    with pytest.raises(DecisionError, match="reason"):
        restatement.request(engine, second, LI, " ", people())
    restatement.request(engine, second, LI, "漏报一个项目", people())
    with pytest.raises(NotEntitledError, match="another person"):
        restatement.approve(engine, second, LI, "同意", people())
    assert states(engine, [first, second]) == ["accepted", "held"]
    restatement.approve(engine, second, WANG, "情况属实", people())
    assert states(engine, [first, second]) == ["accepted", "read"]
    judge(engine)
    assert states(engine, [first, second]) == ["superseded", "accepted"]
    assert events(engine, second) == [("held", "gate"), ("held", LI), ("read", WANG), ("accepted", "gate")]
    assert decisions(engine) == [("restatement_requested", LI), ("restatement_approved", WANG)]


def test_a_refused_restatement_goes_back_and_the_closed_figures_stay(engine: Engine):
    first, second = held(engine)
    restatement.request(engine, second, LI, "漏报", people())
    restatement.refuse(engine, second, WANG, "依据不足", people())
    assert states(engine, [first, second]) == ["accepted", "returned"]
    with pytest.raises(DecisionError, match="is returned"):
        restatement.approve(engine, second, ZHANG, "同意", people())
    assert judge(engine).gate_run_id is None


def test_two_approvals_at_once_are_one(engine: Engine):
    _, second = held(engine)
    restatement.request(engine, second, LI, "漏报", people())

    def approve(name: str) -> str:
        try:
            restatement.approve(engine, second, name, "同意", people())
        except DecisionError as error:
            return str(error)
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(approve, (WANG, ZHANG)))
    assert found[0] == "approved"
    assert "it does not wait" in found[1]
    assert [decision for decision, _ in decisions(engine)] == ["restatement_requested", "restatement_approved"]


def test_a_later_submission_takes_the_place_of_the_one_that_waits(engine: Engine):
    first, second = held(engine)
    restatement.request(engine, second, LI, "漏报", people())
    (third,) = submit(engine, reading(1, "50", "50"))
    judge(engine)
    assert states(engine, [first, second, third]) == ["accepted", "superseded", "held"]
    with pytest.raises(DecisionError, match="is superseded"):
        restatement.approve(engine, second, WANG, "同意", people())


def test_of_several_that_come_at_once_the_latest_waits(engine: Engine):
    first = in_force(engine, "30")
    close(engine, JANUARY)
    numbers = submit(engine, reading(1, "40", "40"), reading(1, "50", "50"))
    judge(engine)
    assert states(engine, [first, *numbers]) == ["accepted", "superseded", "held"]


def test_an_approved_one_counts_although_a_later_one_has_come_to_wait(engine: Engine):
    first, second = held(engine)
    restatement.request(engine, second, LI, "漏报", people())
    restatement.approve(engine, second, WANG, "同意", people())
    (third,) = submit(engine, reading(1, "50", "50"))
    judge(engine)
    assert states(engine, [first, second, third]) == ["superseded", "accepted", "held"]


def test_the_month_after_is_compared_with_what_stands(engine: Engine):
    first = in_force(engine, "30")
    close(engine, JANUARY)
    second, february = submit(engine, reading(1, "40", "40"), reading(2, "35", "5"))
    judge(engine)
    assert states(engine, [first, second, february]) == ["accepted", "held", "accepted"]
    assert [row["check_id"] for row in findings(engine, february) if row["rule_id"] == "R10"] == []


def test_a_held_submission_that_contradicts_is_quarantined(engine: Engine):
    in_force(engine, "30")
    close(engine, JANUARY)
    (second,) = submit(engine, january(20))
    judge(engine)
    assert states(engine, [second]) == ["quarantined"]


def test_what_is_approved_and_now_contradicts_does_not_come_into_force(engine: Engine):
    first, second = held(engine)
    restatement.request(engine, second, LI, "漏报", people())
    restatement.approve(engine, second, WANG, "同意", people())
    with engine.begin() as connection:
        connection.execute(
            text("update raw.project_progress set month_completed_wan = 1 where submission_id = :n"), {"n": second}
        )
    judge(engine)
    assert states(engine, [first, second]) == ["accepted", "quarantined"]


def test_a_night_that_is_killed_before_it_decides_decides_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    first = in_force(engine, "30")
    close(engine, JANUARY)
    (second,) = submit(engine, reading(1, "40", "40"))
    with monkeypatch.context() as patch:
        patch.setattr(gate, "seal", _killed)
        with pytest.raises(KeyboardInterrupt):
            judge(engine)
    assert states(engine, [first, second]) == ["accepted", "read"]
    judge(engine)
    assert states(engine, [first, second]) == ["accepted", "held"]
    restatement.request(engine, second, LI, "漏报", people())
    restatement.approve(engine, second, WANG, "同意", people())
    with monkeypatch.context() as patch:
        patch.setattr(gate, "seal", _killed)
        with pytest.raises(KeyboardInterrupt):
            judge(engine)
    assert states(engine, [first, second]) == ["accepted", "read"]
    judge(engine)
    assert states(engine, [first, second]) == ["superseded", "accepted"]


def _killed(*_: Any) -> str:
    raise KeyboardInterrupt


def test_a_month_that_is_closed_while_the_gate_is_at_work_stops_it(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    (number,) = submit(engine, reading(1, "30", "30"))
    collect = gate.collect_waiting

    def and_close(*arguments: Any) -> int:
        close(engine, JANUARY)
        return collect(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(gate, "collect_waiting", and_close)
        with pytest.raises(MonthClosedMeanwhileError, match="2024-01"):
            judge(engine)
    assert states(engine, [number]) == ["read"]
    judge(engine)
    assert states(engine, [number]) == ["held"]


@pytest.mark.both_servers
def test_a_review_lets_submissions_on_or_returns_them(engine: Engine):
    first, second = submit(engine, reading(1, "30", "30"), january(30, unit="621121"))
    report = judge(engine, reviewed=CITY)
    assert [decision.submission_id for decision in report.in_review] == [second, first]
    with pytest.raises(NotEntitledError, match="wangjun"):
        review.accept(engine, [first], WANG, "无误", people(reviewed=CITY))
    assert [one.submission_id for one, code in review.waiting(engine, people(reviewed=CITY)) if code == CITY] == [
        second,
        first,
    ]
    review.accept(engine, [first], LI, "无误", people(reviewed=CITY))
    review.give_back(engine, [second], LI, "请补充佐证", people(reviewed=CITY))
    judge(engine, reviewed=CITY)
    assert states(engine, [first, second]) == ["accepted", "returned"]
    assert events(engine, first) == [("in_review", "gate"), ("read", LI), ("accepted", "gate")]
    assert decisions(engine) == [("review_accepted", LI), ("review_returned", LI)]
    assert review.waiting(engine, people(reviewed=CITY)) == []


def test_a_form_accepts_all_but_those_that_are_named(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    first, second = submit(engine, reading(1, "30", "30"), january(30, unit="621121"))
    judge(engine, reviewed=CITY)
    monkeypatch.setattr(asking, "approvals", lambda: people(reviewed=CITY))
    (form,) = asking.reviews_to_ask(engine)
    assert (form["submissions"], form["assigned_users"]) == ([second, first], [{"id": LI, "name": "李红"}])
    assert f"| {first} | 陇西县 | 2024-01 |" in form["body"]

    def answer(**given: str) -> None:
        said = {"responded_by_user": {"id": LI, "name": "李红"}, "params_input": given}
        asking.answer_review(engine, form["submissions"], said, is_approved=True)

    with pytest.raises(DecisionError, match="999 was not among"):
        answer(returned="999", reason="不符")
    with pytest.raises(DecisionError, match="needs a reason"):
        answer(returned=str(second), reason="")
    assert states(engine, [first, second]) == ["in_review", "in_review"]
    answer(returned=str(second), reason="请补充佐证")
    assert states(engine, [first, second]) == ["read", "returned"]
    answer(returned="", reason="")
    assert states(engine, [first, second]) == ["read", "returned"]


def test_a_review_takes_all_or_none(engine: Engine):
    first, second = submit(engine, reading(1, "30", "30"), january(30, unit="621121"))
    judge(engine, reviewed=CITY)
    review.give_back(engine, [second], LI, "请补充佐证", people(reviewed=CITY))
    with pytest.raises(DecisionError, match="is returned"):
        review.accept(engine, [first, second], LI, "无误", people(reviewed=CITY))
    assert states(engine, [first, second]) == ["in_review", "returned"]
    with pytest.raises(DecisionError, match="no submission 999"):
        review.accept(engine, [999], LI, "无误", people(reviewed=CITY))


def test_what_was_accepted_before_stays_while_another_is_reviewed(engine: Engine):
    first = in_force(engine, "30")
    (second,) = submit(engine, reading(1, "40", "40"))
    judge(engine, reviewed=CITY)
    assert states(engine, [first, second]) == ["accepted", "in_review"]
    review.give_back(engine, [second], LI, "数字不符", people(reviewed=CITY))
    assert states(engine, [first, second]) == ["accepted", "returned"]


def test_months_in_review_together_are_judged_by_each_other_when_they_are_accepted(engine: Engine):
    first, second = submit(engine, reading(1, "30", "30"), reading(2, "45", "5"))
    judge(engine, reviewed=CITY)
    assert states(engine, [first, second]) == ["in_review", "in_review"]
    told = [row for row in findings(engine, second) if row["rule_id"] == "R10"]
    assert {row["verdict"] for row in told} == {"cannot_tell"}
    assert "上月报表尚未生效" in told[0]["message_zh"]
    review.accept(engine, [first, second], LI, "无误", people(reviewed=CITY))
    judge(engine, reviewed=CITY)
    assert states(engine, [first, second]) == ["accepted", "quarantined"]


def test_a_month_closed_during_a_review_is_held_then(engine: Engine):
    (number,) = submit(engine, reading(1, "30", "30"))
    judge(engine, reviewed=CITY)
    close(engine, JANUARY)
    review.accept(engine, [number], LI, "无误", people(reviewed=CITY))
    judge(engine, reviewed=CITY)
    assert states(engine, [number]) == ["held"]


def test_the_unit_is_told_that_it_waits_and_why_it_was_returned(engine: Engine, home: Path):
    _, second = held(engine)
    assert (second, None) in pending(engine)
    (waits,) = deliver(engine, [(second, None)]).files
    assert "已关账" in (home / "outbox" / waits).read_text(encoding="utf-8-sig")
    assert (second, None) not in pending(engine)
    restatement.refuse(engine, second, WANG, "依据不足", people())
    (returned,) = deliver(engine, [(second, None)]).files
    said = (home / "outbox" / returned).read_text(encoding="utf-8-sig")
    assert "退回" in said
    assert "依据不足" in said
    assert returned.startswith("2024-01/621122_陇西县/")


def test_a_correction_of_a_closed_month_waits_for_two_people(engine: Engine, tmp_path: Path):
    (number,) = submit(engine, january(30))
    judge(engine)
    close(engine, JANUARY)
    entries = amendments(tmp_path, correction(column="总投资", old_value="1000", new_value="1200"))
    assert judge(engine, entries).gate_run_id is None
    assert rows_of(engine, "select * from raw.cell_correction") == []
    with engine.connect() as connection:
        assert [one.state for one in amendment_states(connection, entries)] == ["held"]
    (entry,) = entries.corrections
    restatement.request_correction(engine, entry, LI, "批复调整", people())
    with pytest.raises(NotEntitledError, match="another person"):
        restatement.approve_correction(engine, entry, LI, "同意", people())
    changed = amendments(tmp_path, correction(column="总投资", old_value="1000", new_value="1300"))
    with pytest.raises(DecisionError, match="nobody has asked"):
        restatement.approve_correction(engine, changed.corrections[0], WANG, "同意", people())
    assert judge(engine, entries).gate_run_id is None
    restatement.approve_correction(engine, entry, WANG, "同意", people())
    judge(engine, entries)
    assert states(engine, [number]) == ["accepted"]
    assert [row["correction_id"] for row in rows_of(engine, "select * from raw.cell_correction")] == ["C-1"]
    assert judge(engine, entries).gate_run_id is None
    assert judge(engine, changed).gate_run_id is None
    assert judge(engine).gate_run_id is None
    assert len(rows_of(engine, "select * from raw.cell_correction")) == 1


def test_a_correction_of_an_open_month_needs_no_restatement(engine: Engine, tmp_path: Path):
    (entry,) = amendments(tmp_path, correction()).corrections
    with pytest.raises(DecisionError, match="is not closed"):
        restatement.request_correction(engine, entry, LI, "批复调整", people())


def test_a_waiver_brings_nothing_back_that_is_in_force_in_a_closed_month(engine: Engine, tmp_path: Path):
    (number,) = submit(engine, january(30, annual_plan_wan=2000))
    judge(engine)
    warned = {row["rule_id"] for row in findings(engine, number) if row["severity"] == "warn"}
    assert warned
    close(engine, JANUARY)
    entries = amendments(tmp_path, waiver(rule=min(warned)))
    assert judge(engine, entries).gate_run_id is None

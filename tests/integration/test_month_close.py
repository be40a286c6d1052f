"""A month is laid before people, closed with the publication that they saw, and restated: certified, and reported."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine, text

from taizhang.closing import asking, month_state, restatement
from taizhang.closing.markdown import month_page
from taizhang.closing.month_state import MonthEvent, MonthStateError, OutdatedError
from taizhang.closing.people import NotEntitledError
from taizhang.evidence.verify import Kind, verify
from taizhang.publication import publish
from taizhang.publication.revisions import changes, details
from taizhang.quality.amendments import Amendments
from taizhang.quality.gate import judge_batch
from taizhang.report.collect import collect
from taizhang.report.quality import write_report
from tests.closing import LI, WANG, ZHANG, people
from tests.conftest import copy_of, own_warehouse
from tests.sql_gate import skip_great_expectations
from tests.waiting import reading, states, submit

JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
COUNTY = "621122"
DONE = "ytd_completed_wan"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """January of 陇西县, in force and published."""
    with own_warehouse(tmp_path_factory.mktemp("closing")) as warehouse, pytest.MonkeyPatch.context() as patch:
        skip_great_expectations(patch)
        send(warehouse, 1, "30")
        publish(warehouse)
        warehouse.dispose()
        yield warehouse


@pytest.fixture
def laid(published: Engine) -> Iterator[tuple[Engine, MonthEvent]]:
    """A copy in which January is laid before 王军."""
    with copy_of(published) as warehouse:
        yield warehouse, lay(warehouse)


def send(warehouse: Engine, month: int, ytd: str) -> int:
    """陇西县 files a month, and the gate judges it."""
    (number,) = submit(warehouse, reading(month, ytd, ytd if month == 1 else "5"))
    judge_batch(warehouse, amendments=Amendments(), people=people())
    return number


def lay(warehouse: Engine) -> MonthEvent:
    return month_state.lay_before(warehouse, JANUARY, "close_month", "已过报送时限", [WANG])


def approve(warehouse: Engine, event: MonthEvent) -> MonthEvent:
    return month_state.approve(warehouse, JANUARY, event.sha256, WANG, "数据无误", people())


def state(warehouse: Engine) -> str:
    with warehouse.connect() as connection:
        found = month_state.newest(connection, JANUARY)
    return found[0].state if found else "open"


def tampered(warehouse: Engine) -> list[str]:
    """What `taizhang verify` says of decisions; the submissions of these tests have no files."""
    return [f"{one.subject}: {one.message_en}" for one in verify(warehouse).problems if one.kind is Kind.DECISION]


def test_what_is_laid_before_people(laid: tuple[Engine, MonthEvent]):
    warehouse, event = laid
    shown = event.content
    assert shown["control_totals"]["all"]["project_count"] == "1"
    assert shown["control_totals"]["all"][DONE] == "30.000000"
    assert (shown["coverage"]["in_force"], shown["asked"]) == (1, [WANG])
    assert "621121" in {unit["unit_code"] for unit in shown["coverage"]["missing"]}
    page = month_page(event)
    for said in ("2024年01月 关账审批", "第 1 期", "控制总数", "通渭县", "未报送", "首次报送", event.sha256[:16]):
        assert said in page
    assert lay(warehouse) == event
    assert month_state.due_months(warehouse, date(2024, 2, 25)) == []
    assert month_state.due_months(warehouse, date(2024, 2, 26)) == [JANUARY]


def test_a_month_is_closed_once_by_who_may(laid: tuple[Engine, MonthEvent]):
    warehouse, event = laid
    with pytest.raises(NotEntitledError, match="lihong"):
        month_state.approve(warehouse, JANUARY, event.sha256, LI, "同意", people())
    with pytest.raises(OutdatedError, match="anew"):
        month_state.approve(warehouse, JANUARY, "0" * 64, WANG, "同意", people())

    def close(_: int) -> str:
        try:
            return approve(warehouse, event).state
        except MonthStateError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(close, range(2)), reverse=True)
    assert found == ["closed", "2024-01 is closed: it is not laid before anybody"]
    with pytest.raises(MonthStateError, match="closed already"):
        lay(warehouse)
    assert month_state.due_months(warehouse) == []
    assert tampered(warehouse) == []


def test_a_rejected_month_stays_open_with_the_reason(laid: tuple[Engine, MonthEvent]):
    warehouse, event = laid
    with pytest.raises(MonthStateError, match="why it stays open"):
        month_state.reject(warehouse, JANUARY, event.sha256, WANG, " ", people())
    left = month_state.reject(warehouse, JANUARY, event.sha256, WANG, "通渭县未报", people())
    assert (left.state, left.reason, left.actor) == ("open", "通渭县未报", WANG)
    with pytest.raises(MonthStateError, match="open: it is not laid"):
        approve(warehouse, event)
    assert lay(warehouse).state == "closing"


def test_what_comes_into_force_before_the_approval_makes_it_void(laid: tuple[Engine, MonthEvent]):
    warehouse, event = laid
    number = send(warehouse, 1, "40")
    with pytest.raises(OutdatedError, match="publish it first"):
        approve(warehouse, event)
    with pytest.raises(OutdatedError, match="publish it first"):
        lay(warehouse)
    assert (states(warehouse, [number]), state(warehouse)) == (["accepted"], "closing")


def test_nothing_is_asked_of_nobody(laid: tuple[Engine, MonthEvent], monkeypatch: pytest.MonkeyPatch):
    warehouse, _ = laid
    assert asking.months_to_ask(warehouse, "close_month") == []
    monkeypatch.setattr(asking, "approvals", people)
    (form,) = asking.months_to_ask(warehouse, "close_month")
    assert form["assigned_users"] == [{"id": WANG, "name": "王军"}]
    assert (form["report_month"], form["response_timeout"]) == ("2024-01-01", 16)
    answer = {"responded_by_user": {"id": WANG, "name": "王军"}, "params_input": {"reason": "通渭县未报"}}
    asking.answer_month(warehouse, form["report_month"], form["laid_sha256"], answer, is_approved=False)
    assert state(warehouse) == "open"


def test_a_closed_month_is_restated_and_reported(published: Engine):
    first = lay(published)
    february = send(published, 2, "35")
    publish(published)
    with pytest.raises(OutdatedError, match="newer publication"):
        approve(published, first)
    closed = approve(published, lay(published))
    assert (closed.publication_id, closed.content["is_final"]) == (2, True)
    number = send(published, 1, "40")
    assert states(published, [february, number]) == ["accepted", "held"]
    publish(published)
    assert changes(published, 2, 3, COUNTY) == []
    restatement.request(published, number, ZHANG, "漏报一笔", people())
    restatement.approve(published, number, WANG, "情况属实", people())
    judge_batch(published, amendments=Amendments(), people=people())
    publish(published)
    assert tampered(published) == []
    (change,) = changes(published, 3, 4, COUNTY, DONE, month=JANUARY)
    assert (change.before, change.after, dict(change.causes)) == (30, 40, {"restatement": 10})
    (detail,) = details(published, 3, 4, COUNTY, DONE, "all", JANUARY)
    assert detail["restated_by"] == f"{ZHANG}：漏报一笔；{WANG}：情况属实"
    shown = {one["decision"]: one["publication_id"] for one in restatement.listed(published)["decided"]}
    assert shown == {"restatement_requested": 4, "restatement_approved": 4}
    _the_quality_report_names_it(published)
    _every_change_of_a_decision_is_found(published)


def _the_quality_report_names_it(warehouse: Engine) -> None:
    """As of the publication that shows it, and not before."""
    assert collect(warehouse, COUNTY, JANUARY, 3).restatements == []
    page = write_report(warehouse, COUNTY, JANUARY)
    assert page.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
    (line,) = collect(warehouse, COUNTY, JANUARY).restatements
    assert (line.unit_name, line.requested_by, line.approved_by) == ("陇西县", ZHANG, WANG)
    shown = page.read_text(encoding="utf-8")
    assert all(said in shown for said in ("关账后的修订", "漏报一笔", "情况属实"))


def _every_change_of_a_decision_is_found(published: Engine) -> None:
    published.dispose()
    for statement, said in (
        ("update ops.month_close set reason = 'x' where state = 'closed'", "reason is not what its content says"),
        ('update ops.month_close set content = content || \'{"reason": "x"}\'', "does not match its hash"),
        ("delete from ops.month_close where event_id = 1", "does not follow the row before"),
        ("delete from ops.approval where decision = 'restatement_requested'", "nobody restated it"),
        ("delete from ops.approval", "the decision that its certificate names is gone"),
        ("update history.agg_region_month set ytd_completed_wan = 1", "it was 30.000000 when it was closed"),
    ):
        with copy_of(published) as warehouse:
            with warehouse.begin() as connection:
                for table in ("ops.month_close", "ops.approval"):
                    connection.execute(text(f"alter table {table} disable trigger user"))
                connection.execute(text(statement))
            found = tampered(warehouse)
        assert any(said in one for one in found), (statement, found)

"""Permits, elements, issues and lights as published: what is overdue on a day, and which lights are new."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from taizhang.airflow_tasks import deadlines as tasks
from taizhang.cli.app import app
from taizhang.deadlines.matters import Matter, matters_on
from taizhang.deadlines.notices import find_notices
from taizhang.publication import publish
from tests import conftest
from tests.accepted import project
from tests.integration.test_issues_visits_rankings import day, issue, report

FEBRUARY, MARCH = date(2024, 2, 1), date(2024, 3, 1)
LONGXI, DINGXI = "621122", "621100C0"
BRIDGE = "渭河大桥"


def permit(kind: str, status: str, due: str, **more: Any) -> dict[str, Any]:
    plain = {"project_name": BRIDGE, "permit_kind": kind, "permit_status": status, "due_date": day(due)}
    return plain | more


def element(kind: str, needed: int, granted: int, due: str) -> dict[str, Any]:
    return {
        "project_name": BRIDGE,
        "element_kind": kind,
        "quantity_unit": "mu",
        "needed_quantity": needed,
        "granted_quantity": granted,
        "due_date": day(due),
    }


def behind(name: str, ytd: int) -> dict[str, Any]:
    """A project with a plan of 100, of which so much is done."""
    return project(name, 1000, 100, ytd)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """February and March of 陇西县: in March one light has grown worse, one is new, one has stayed, one has gone."""
    with conftest.own_warehouse(tmp_path_factory.mktemp("watched")) as warehouse:
        late = permit("feasibility", "not_started", "2024-01-30", project_name="变红")
        names = ("长黄", "变红", "新黄", "已绿")
        report(
            warehouse, LONGXI, FEBRUARY, [behind(name, ytd) for name, ytd in zip(names, (3, 20, 20, 3), strict=True)],
            date(2024, 3, 8), issues=[issue("旧", "2024-01-05", "2024-02-10")], permits=[late],
        )  # fmt: skip
        report(
            warehouse, LONGXI, MARCH,
            [behind(name, ytd) for name, ytd in zip(names, (10, 30, 10, 30), strict=True)] + [behind(BRIDGE, 30)],
            date(2024, 4, 8),
            permits=[
                permit("environment", "in_progress", "2024-04-10"),
                late,
                permit("construction_permit", "done", "2024-02-10"),
                permit("energy_review", "not_started", "2024-02-10", is_needed=False),
                permit("land_use", "not_started", "2024-06-30"),
            ],
            elements=[element("land", 120, 100, "2024-03-15"), element("forest", 5, 5, "2024-03-15")],
            issues=[
                issue("一", "2024-03-01", "2024-03-12"),
                issue("二", "2024-03-01", "2024-03-12", is_closed=True, closed_date=day("2024-03-10")),
            ],
        )  # fmt: skip
        publish(warehouse)
        yield warehouse


def found(engine: Engine, on: date, *kinds: str) -> list[Matter]:
    with engine.begin() as connection:
        return [one for one in matters_on(connection, on).matters if one.kind in kinds]


def test_items_are_overdue_from_the_day_after_their_last_day(engine: Engine) -> None:
    kinds = ("permit_overdue", "element_overdue", "issue_overdue")
    on_the_day = {(one.kind, one.label, one.days) for one in found(engine, date(2024, 4, 10), *kinds)}
    old = ("permit_overdue", "变红：可研批复")
    assert on_the_day == {(*old, 71), ("element_overdue", f"{BRIDGE}：用地", 26), ("issue_overdue", "问题一", 29)}
    after = {(one.kind, one.label, one.days) for one in found(engine, date(2024, 4, 11), *kinds)}
    assert after == {
        (*old, 72),
        ("permit_overdue", f"{BRIDGE}：环评批复", 1),
        ("element_overdue", f"{BRIDGE}：用地", 27),
        ("issue_overdue", "问题一", 30),
    }


def test_a_month_that_lies_after_the_day_is_not_known_yet(engine: Engine) -> None:
    (one,) = found(engine, date(2024, 2, 20), "issue_overdue")
    assert (one.label, one.report_month, one.days) == ("问题旧", FEBRUARY, 10)


def test_lights_are_those_that_are_new_or_worse(engine: Engine) -> None:
    lit = {
        (one.kind, one.label, one.detail["before"])
        for one in found(engine, date(2024, 4, 12), "light_red", "light_yellow")
    }
    assert lit == {
        ("light_yellow", "新黄：进度滞后", "green"),
        ("light_yellow", f"{BRIDGE}：要素逾期", "green"),
        ("light_red", "变红：手续逾期", "yellow"),
    }


def test_items_are_told_to_the_unit_and_after_a_month_to_the_city(engine: Engine) -> None:
    find_notices(engine, date(2024, 4, 11))
    find_notices(engine, date(2024, 4, 12))
    query = text("select noticed_on, addressee, stage from ops.notice where kind = 'issue_overdue' order by 1, 2")
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [(date(2024, 4, 11), DINGXI, "30"), (date(2024, 4, 11), LONGXI, "30")]


def test_the_command_prints_what_a_person_wants_to_read(engine: Engine) -> None:
    shown = CliRunner().invoke(app, ["deadlines", "--on", "2024-04-12"])
    assert shown.exit_code == 0, shown.output
    assert "2024-04-12 报送与督办情况" in shown.output
    assert "逾期未完成报送" in shown.output
    assert "通渭县" in shown.output
    assert "逾期事项：4 项" in shown.output
    assert "新黄：进度滞后" in shown.output
    one = CliRunner().invoke(app, ["deadlines", "--on", "2024-04-12", "--unit", "陇西县"])
    assert f"{BRIDGE}：环评批复" in one.output
    assert "通渭县" not in one.output


def test_the_tasks_find_and_send_for_the_day_of_their_run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    run = SimpleNamespace(run_after=datetime(2024, 4, 12, 16, 30, tzinfo=UTC))
    monkeypatch.setattr(tasks, "get_current_context", lambda: {"dag_run": run})
    assert tasks.day_of_run() == date(2024, 4, 13)
    counts = tasks.find_notices.function()
    assert counts["filing_missing"] > 0
    assert tasks.send_digests.function() == {"is_quiet": True, "sent": []}

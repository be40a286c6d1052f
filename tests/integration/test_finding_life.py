"""What became of a finding, version after version of a unit's month."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.quality.gate import judge_batch
from taizhang.reading.result import WorkbookReading
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, submit

pytestmark = pytest.mark.usefixtures("own_counts")

JANUARY = month(1)
CHECK = "R10.january"


def version(*done: int) -> WorkbookReading:
    """January of 陇西县: project i + 4 has completed 30 in the year, and this much in the month."""
    rows = [project(row, ytd_completed_wan=30, month_completed_wan=value) for row, value in enumerate(done, start=4)]
    return workbook_reading(month=JANUARY, projects=rows)


def judge(engine: Engine, *readings: WorkbookReading) -> list[int]:
    """Submit one after the other and judge each."""
    numbers = []
    for reading in readings:
        numbers += submit(engine, reading)
        judge_batch(engine)
    return numbers


def life(engine: Engine, label: str = "项目4", check: str = CHECK) -> dict[str, Any]:
    (row,) = rows_of(
        engine,
        "select life.* from audit.finding_life as life inner join audit.finding as f"
        " on life.last_finding_id = f.finding_id where life.check_id = :check and f.subject_label = :label",
        check=check,
        label=label,
    )
    return row


@pytest.fixture
def explained(engine: Engine) -> int:
    """A submission whose finding on 项目4 the unit has answered."""
    (number,) = judge(engine, version(20))
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into audit.explanation"
                " (submission_id, unit_code, report_month, finding_key, check_id, explanation)"
                " select submission_id, '621122', '2024-01-01', finding_key, check_id, '已核实'"
                " from audit.finding where check_id = :check"
            ),
            {"check": CHECK},
        )
    return number


@pytest.mark.both_servers
def test_a_finding_is_open_until_a_version_without_it(engine: Engine):
    first, second = judge(engine, version(20, 30), version(25, 20))
    found = life(engine)
    assert (found["status"], found["first_version"], found["last_version"], found["version_count"]) == ("open", 1, 2, 2)
    assert (found["first_submission_id"], found["last_submission_id"]) == (first, second)
    assert life(engine, "项目5")["first_version"] == 2
    judge(engine, version(30, 20))
    found = life(engine)
    assert (found["status"], found["fixed_in_version"], found["gone_in_version"]) == ("fixed", 3, None)
    assert life(engine, "项目5")["status"] == "open"
    judge(engine, version(20, 30))
    assert (life(engine)["status"], life(engine)["version_count"]) == ("open", 3)
    assert (life(engine, "项目5")["status"], life(engine, "项目5")["fixed_in_version"]) == ("fixed", 4)


def test_a_finding_is_gone_with_its_row(engine: Engine):
    judge(engine, version(30, 20), version(30))
    found = life(engine, "项目5")
    assert (found["status"], found["gone_in_version"], found["fixed_in_version"]) == ("gone", 2, None)


def test_a_project_that_gains_a_code_is_still_there(engine: Engine):
    coded = workbook_reading(
        month=JANUARY,
        projects=[project(4, project_code="2403-621122-04-01-123456", ytd_completed_wan=30, month_completed_wan=30)],
    )
    judge(engine, version(20), coded)
    assert life(engine)["status"] == "fixed"


def test_a_finding_is_gone_with_its_sheet(engine: Engine):
    whole, without = version(20), version(30)
    del without.sheets["project_progress"]
    judge(engine, whole, without)
    assert life(engine)["status"] == "gone"


@pytest.mark.usefixtures("explained")
def test_an_answer_stays_with_the_finding_until_it_is_fixed(engine: Engine):
    assert (life(engine)["status"], life(engine)["explanation"]) == ("explained", "已核实")
    judge(engine, version(25))
    assert life(engine)["status"] == "explained"
    judge(engine, version(30))
    assert (life(engine)["status"], life(engine)["explanation"]) == ("fixed", "已核实")


def test_one_unit_month_costs_no_scan_of_the_others(engine: Engine):
    judge(engine, version(20))
    with engine.connect() as connection:
        connection.execute(text("set enable_seqscan = off"))
        plan = connection.execute(text("explain select * from audit.finding_life_of('621122', '2024-01-01')")).scalars()
        shown = "\n".join(plan)
    assert "Function Scan" not in shown
    assert "judgement_by_unit" in shown
    assert "ix_audit_finding_submission_id" in shown

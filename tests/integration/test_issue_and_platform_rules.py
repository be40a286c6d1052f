"""The gate on issues, visits and the platform's register: what it compares with other months, sheets and units."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.check import check_reading
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import WorkbookReading
from tests.readings import class_row, project, sheet_reading, summary_reading, workbook_reading
from tests.sql_gate import checks_found, findings
from tests.waiting import month, states, submit

MINQUAN, SUIXIAN, SHANGQIU = "411421", "411422", "411400C0"
DECEMBER = date(2023, 12, 1)
JANUARY, FEBRUARY, MARCH = month(1), month(2), month(3)
CODE = "2401-411421-04-01-100001"
ONE_SERVER = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
pytestmark = [ONE_SERVER, pytest.mark.usefixtures("own_counts")]


def day(text: str) -> tuple[date, date]:
    """The range of one day."""
    first = date.fromisoformat(text)
    return first, first + timedelta(days=1)


def county(unit: str, of: date, projects: list[dict[str, Any]], **sheets: list[dict[str, Any]]) -> WorkbookReading:
    """A county's workbook with rows in other sheets too."""
    book = workbook_reading(unit, of, projects)
    numbered = {
        name: [{"row_number": number, **row} for number, row in enumerate(rows, start=4)]
        for name, rows in sheets.items()
    }
    book.sheets |= {name: sheet_reading(name, rows) for name, rows in numbered.items()}
    return book


def issue(number: str, **more: Any) -> dict[str, Any]:
    """An open issue that is not due before the end of the year."""
    return {
        "issue_no": number,
        "issue_class": "land",
        "issue_text": f"问题{number}",
        "raised_date": day("2023-12-05"),
        "responsible_org": "自然资源局",
        "due_date": day("2024-12-31"),
        "is_closed": False,
        **more,
    }


CLOSED = {"is_closed": True, "closed_date": day("2023-12-20"), "result_text": "已办"}


def judge(engine: Engine, *books: WorkbookReading) -> list[int]:
    numbers = submit(engine, *books)
    judge_batch(engine)
    return numbers


def subjects(engine: Engine, number: int, check_id: str) -> list[str]:
    found = findings(engine, number, check_id.split(".")[0])
    return sorted(row["subject_label"] for row in found if row["check_id"] == check_id)


def test_an_open_issue_of_december_is_missed_in_january_and_a_closed_one_may_come_back(engine: Engine) -> None:
    before = [issue("A-1"), issue("A-2"), issue("A-3", **CLOSED), issue("A-4", **CLOSED)]
    (_, january) = judge(
        engine,
        county(MINQUAN, DECEMBER, [], issues=before),
        county(MINQUAN, JANUARY, [], issues=[issue("A-1"), issue("A-3")]),
    )
    assert subjects(engine, january, "R46.vanished") == ["A-2"]
    (reopened,) = [row for row in findings(engine, january, "R46") if row["check_id"] == "R46.reopened"]
    assert (reopened["row_number"], reopened["severity"]) == (5, "info")
    # A report without the sheet leaves every open issue untold.
    (february,) = judge(engine, county(MINQUAN, FEBRUARY, []))
    assert subjects(engine, february, "R46.vanished") == ["A-1", "A-3"]


def test_an_issue_is_held_against_its_deadline_its_number_and_its_project(engine: Engine) -> None:
    rows = [
        issue("A-1", due_date=day("2024-02-10"), project_name="没有的项目"),
        issue("A-2", project_name="项目4", **CLOSED),
        issue("A-2"),
    ]
    (number,) = judge(engine, county(MINQUAN, MARCH, [project(4)], issues=rows))
    assert states(engine, [number]) == ["quarantined"]
    assert checks_found(engine, number, "R46") == [
        "R46.number_twice", "R46.number_twice", "R46.overdue", "R46.project_unknown",
    ]  # fmt: skip


def test_visits_of_the_year_are_added_up_over_the_reports_that_tell_of_them(engine: Engine) -> None:
    def led() -> list[dict[str, Any]]:
        return [project(4, lead_official="张三、李四"), project(5, lead_official="张 三")]

    def visit(kind: str, leader: str, on: str) -> dict[str, Any]:
        return {"event_kind": kind, "leader_name": leader, "event_date": on}

    february = [visit("visit", "张三", day("2024-02-05")), visit("on_site", "张 三", day("2024-01-20"))]
    (first, silent) = judge(
        engine, county(MINQUAN, FEBRUARY, led(), dispatch=february), county(SUIXIAN, FEBRUARY, led())
    )
    # Neither filed January: the report is of both months, and one visit is due for the one report.
    assert checks_found(engine, first, "R39") == ["R39.leader_without_visits"]
    assert checks_found(engine, silent, "R39") == []
    march = [
        visit("weekly_meeting", "李四", day("2024-03-05")),
        visit("visit", "王五", day("2024-02-28")),
    ]
    (second,) = judge(engine, county(MINQUAN, MARCH, led(), dispatch=march))
    assert checks_found(engine, second, "R39") == ["R39.event_before_month", "R39.leader_without_visits"]
    (finding,) = [row for row in findings(engine, second, "R39") if row["check_id"] == "R39.leader_without_visits"]
    assert "2 个月应不少于 2 次" in finding["message_zh"]
    assert "李四" not in str(finding["message_zh"]) + str(finding["subject_label"])


def register(rows: list[dict[str, Any]]) -> WorkbookReading:
    book = summary_reading(SHANGQIU, MARCH, [class_row(3, "total", "全部项目", 0, 0)])
    numbered = [{"row_number": number, **row} for number, row in enumerate(rows, start=4)]
    book.sheets["platform_register"] = sheet_reading("platform_register", numbered)
    return book


def test_a_register_is_held_against_the_books_of_its_region(engine: Engine) -> None:
    book = [
        project(4, project_code=CODE), project(5), project(6, total_investment_wan=Decimal("1000.49")), project(7),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"project_name": "改名", "project_code": CODE, "region_name": "民权县", "total_investment_wan": Decimal(1000)},
        {"project_name": "项目5", "region_name": "民 权县", "total_investment_wan": Decimal(1200)},
        {"project_name": "项目6", "region_name": "民权县", "total_investment_wan": Decimal("1000.5")},
        {"project_name": "平台独有", "region_name": "民权县"},
        {"project_name": "别处", "region_name": "无名县"},
        {"project_name": "市里的"},
        {"project_name": "未报", "region_name": "宁陵县"},
    ]
    *_, city = judge(
        engine, county(MINQUAN, MARCH, book), county(SUIXIAN, MARCH, [project(4), project(5)]), register(rows)
    )
    found = {
        check: subjects(engine, city, f"R44.{check}")
        for check in ("extra", "missing", "total_differs", "region_unknown", "unit_missing")
    }
    assert found == {
        "extra": ["平台独有"],
        "missing": ["项目7"],
        # 1000.49 and 1000.50, both to the cent, are apart; whoever prints no decimals would be believed.
        "total_differs": ["项目5", "项目6"],
        "region_unknown": ["别处", "市里的"],
        "unit_missing": ["睢县"],
    }
    (missing,) = [row for row in findings(engine, city, "R44") if row["check_id"] == "R44.missing"]
    assert missing["message_zh"].startswith("民权县项目进展表中的项目“项目7”不在平台在库项目中")


def test_a_county_may_file_its_own_account_and_check_it_before(engine: Engine) -> None:
    own = [{"project_name": "项目4", "total_investment_wan": Decimal(1000)}, {"project_name": "多的"}]
    book = county(MINQUAN, MARCH, [project(4), project(5)], platform_register=own)
    report = check_reading(book, engine)
    assert sorted(one.check_id for one in report.findings if one.rule_id == "R44") == ["R44.extra", "R44.missing"]
    (number,) = judge(engine, book)
    assert checks_found(engine, number, "R44") == ["R44.extra", "R44.missing"]

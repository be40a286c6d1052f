"""A broken submission is told which single cell to look at, in the unit in which that cell is printed."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.check import CheckFinding, check_reading
from taizhang.reading.result import IssueKind, ReadingIssue, ReportedTotal
from tests.readings import project, workbook_reading
from tests.waiting import month

PROJECT: dict[str, Any] = {
    "project_code": "2403-621122-04-01-123456",
    "month_completed_wan": Decimal("161.20"),
    "ytd_completed_wan": Decimal("161.20"),
    "completed_before_year_wan": Decimal("500.00"),
    "since_start_wan": Decimal("661.20"),
    "annual_plan_wan": Decimal("400.00"),
    "completion_rate_pct": Decimal("40.30"),
    "total_investment_wan": Decimal("1000.00"),
}


def suggested(engine: Engine, *projects: dict[str, Any], **parts: Any) -> dict[str, CheckFinding]:
    """Findings with a suggestion, by check."""
    reading = workbook_reading(month=month(1), projects=list(projects))
    reading.sheets["project_progress"].totals.extend(parts.get("totals", ()))
    reading.issues.extend(parts.get("issues", ()))
    return {found.check_id: found for found in check_reading(reading, engine).findings if found.suggestion_zh}


@pytest.mark.both_servers
def test_swapped_digits_are_found_where_they_stand(engine: Engine):
    """116.20 for 161.20 breaks January, the sum since the start and the rate: one cell mends all three."""
    found = suggested(engine, project(4, **PROJECT | {"ytd_completed_wan": Decimal("116.20")}))
    assert set(found) == {"R10.january", "R12.since_start", "R23.printed_rate"}
    assert {finding.suggestion_zh for finding in found.values()} == {
        "只改 N4（本年累计完成投资）一格，由 116.2 改为 161.2，可消除 3 处矛盾；疑为数字顺序颠倒，请核实"
    }


def test_a_wrong_unit_is_found_in_the_detail_by_the_total_and_the_row(engine: Engine):
    wrong = PROJECT | {"ytd_completed_wan": Decimal("1612000.00")}
    found = suggested(engine, project(4, **wrong))
    assert "由 1612000 改为 161.2" in str(found["R10.january"].suggestion_zh)
    assert "计量单位" in str(found["R10.january"].suggestion_zh)


def test_a_wrong_total_is_named_when_its_detail_holds(engine: Engine):
    total = ReportedTotal(6, "ytd_completed_wan", "total", "合计", (4, 5), Decimal("322.04"))
    other = PROJECT | {"project_code": "2403-621122-04-01-123457"}
    found = suggested(engine, project(4, **PROJECT), project(5, **other), totals=[total])
    assert "N6" in str(found["R53.total_row"].suggestion_zh)
    assert "由 322.04 改为 322.4" in str(found["R53.total_row"].suggestion_zh)


@pytest.mark.parametrize(("text", "wanted"), [("l61.2O", "161.20"), ("一百多", None)])
def test_letters_for_digits_are_read_as_what_they_look_like(engine: Engine, text: str, wanted: str | None):
    issue = ReadingIssue(
        IssueKind.NUMBER_UNREADABLE,
        "不是数字",
        "no figure",
        "project_progress",
        "项目进展",
        4,
        "ytd_completed_wan",
        "N4",
        text,
    )
    found = suggested(engine, project(4, **PROJECT | {"ytd_completed_wan": None}), issues=[issue])
    assert [finding.suggestion_zh for finding in found.values() if finding.rule_id == "R05"] == (
        [f"N4 疑将数字误录为形近字母，可能是 {wanted}，请核实"] if wanted else []
    )


def test_a_sound_workbook_gets_no_suggestion(engine: Engine):
    assert suggested(engine, project(4, **PROJECT)) == {}

"""The offline judgement of one workbook: the gate's verdict, quickly and without a trace."""

import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from taizhang.quality import check
from taizhang.quality.check import check_reading
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import IssueKind, ReadingIssue, ReportedTotal
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, submit

pytestmark = pytest.mark.usefixtures("own_counts")

JANUARY = {
    "ytd_completed_wan": Decimal(30),
    "month_completed_wan": Decimal(30),
    "project_code": "2403-621122-04-01-123456",
}


def test_a_sound_workbook_is_accepted_and_leaves_no_trace(engine: Engine):
    report = check_reading(workbook_reading(month=month(1), projects=[project(4, **JANUARY)]), engine)
    assert (report.verdict, report.reason, report.findings) == ("accepted", None, [])
    for table in ("ops.submission", "raw.read_sheet", "audit.gate_run", "audit.finding"):
        assert rows_of(engine, f"select * from {table}") == []


def test_warnings_are_told_apart(engine: Engine):
    book = workbook_reading(month=month(1), projects=[project(4, **JANUARY)])
    book.issues.append(
        ReadingIssue(IssueKind.NUMBER_APPROXIMATE, "约数", "approximate", "project_progress", "项目进展")
    )
    report = check_reading(book, engine)
    assert (report.verdict, report.reason) == ("accepted_with_warnings", "有 1 处需要说明")


def test_a_contradiction_holds_back_with_its_cell(engine: Engine):
    rows = [
        project(4, **JANUARY),
        project(9, **{**JANUARY, "ytd_completed_wan": Decimal("30.5"), "project_code": None}),
    ]
    report = check_reading(workbook_reading(month=month(1), projects=rows), engine).to_json()
    assert report["verdict"] == "quarantined"
    first = report["findings"][0]
    shown = {name: first[name] for name in ("rule_id", "severity", "sheet", "cell", "value", "message_zh")}
    assert shown == {
        "rule_id": "R10",
        "severity": "block",
        "sheet": "项目进展",
        "cell": "N9",
        "value": "30.5",
        "message_zh": "项目“项目9”一月份本年累计 30.5 ≠ 本月 30（万元）",
    }
    assert report["reason"] == f"须改正 1 处：{first['message_zh']}"
    assert [finding["severity"] for finding in report["findings"]] == ["block", "info"]


def test_a_finding_shows_the_figure_in_the_unit_of_its_column(engine: Engine):
    book = workbook_reading(month=month(1), projects=[project(4, **JANUARY | {"ytd_completed_wan": Decimal(12300)})])
    sheet = book.sheets["project_progress"]
    sheet.columns = [
        replace(column, unit="亿元", factor=Decimal(10000)) if column.name == "ytd_completed_wan" else column
        for column in sheet.columns
    ]
    sheet.totals.append(ReportedTotal(5, "ytd_completed_wan", "total", "合计", (4,), Decimal(12500)))
    report = check_reading(book, engine)
    found = {finding.check_id: (finding.cell, finding.value) for finding in report.findings}
    assert found["R10.january"] == ("N4", "1.23")
    assert found["R53.total_row"] == ("N5", "1.25")
    assert "12300" in str(report.reason)


def test_rules_on_earlier_months_are_skipped_when_there_are_none(engine: Engine):
    book = workbook_reading(month=month(2), projects=[project(4)])
    skipped = {entry.rule_id for entry in check_reading(book, engine).skipped}
    assert skipped == {"R06", "R07", "R10", "R11", "R12", "R32", "R46", "R50", "R51", "R52"}


def test_a_plan_of_zero_is_said_to_leave_the_rate_open(engine: Engine):
    row = project(4, **JANUARY | {"annual_plan_wan": Decimal(0), "completion_rate_pct": Decimal(0)})
    report = check_reading(workbook_reading(month=month(1), projects=[row]), engine)
    told = {finding.check_id: finding.message_zh for finding in report.findings if finding.verdict == "cannot_tell"}
    assert told == {
        "R23.over_200": "无法判定：项目4的年度计划投资为 0，无法核对“完成年度计划超过 200%”",
        "R23.printed_rate": "无法判定：项目4的年度计划投资为 0，无法核对“占年度计划 = 本年累计 ÷ 年度计划”",
    }


def test_rules_on_earlier_months_use_the_accepted_submission(engine: Engine):
    submit(engine, workbook_reading(month=month(1), projects=[project(4, **JANUARY)]))
    judge_batch(engine)
    later = JANUARY | {"ytd_completed_wan": Decimal(65)}
    report = check_reading(workbook_reading(month=month(2), projects=[project(4, **later)]), engine)
    assert report.skipped == []
    (finding,) = report.findings
    assert (finding.check_id, finding.message_zh) == (
        "R10.ytd_carries_forward",
        "项目“项目4”本年累计 65 ≠ 上月累计 30 + 本月 30（万元），差额 5",
    )


def test_a_name_that_two_projects_bear_is_no_key_for_the_one_with_a_code(engine: Engine):
    """Last month's 一号路 has a code or not; this month another 一号路 stands beside it, with other figures."""
    code, other = "2403-621122-04-01-123456", "2403-621122-04-01-123457"
    same = {"project_name": "一号路", "month_completed_wan": Decimal(10)}
    for number, (old_code, new_code) in enumerate([(code, None), (None, other)]):
        unit = ("621122", "411421")[number]
        old = project(4, **JANUARY | {"project_name": "一号路", "project_code": old_code})
        submit(engine, workbook_reading(unit, month(1), [old]))
        judge_batch(engine)
        going = project(4, **same, project_code=old_code, ytd_completed_wan=Decimal(45))
        new = project(5, **same, project_code=new_code, ytd_completed_wan=Decimal(90))
        report = check_reading(workbook_reading(unit, month(2), [going, new]), engine)
        cells = [finding.cell for finding in report.findings if finding.rule_id == "R10"]
        assert cells == ["N4"]


@pytest.mark.both_servers
def test_the_check_says_what_the_gate_says(engine: Engine):
    book = workbook_reading(month=month(1), projects=[project(4), project(5, annual_plan_wan=Decimal(0)), project(6)])
    offline = check_reading(book, engine)
    (number,) = submit(engine, book)
    judge_batch(engine)
    kept = rows_of(
        engine,
        "select check_id, verdict, cell, message_zh from audit.finding where submission_id = :number",
        number=number,
    )
    assert kept
    told = [(row["check_id"], row["verdict"], row["cell"], row["message_zh"]) for row in kept]
    assert sorted(map(str, told)) == sorted(
        str((finding.check_id, finding.verdict, finding.cell, finding.message_zh)) for finding in offline.findings
    )


def test_great_expectations_is_not_imported_for_a_check(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    assert check_reading(workbook_reading(month=month(1)), engine).verdict == "accepted"


def test_a_file_that_is_no_workbook_is_unreadable(engine: Engine, tmp_path: Path):
    path = tmp_path / "陇西县2024年3月.xlsx"
    path.write_bytes(b"not a workbook")
    report = check.check_file(path, engine)
    assert report.verdict == "unreadable"
    assert report.reason

"""The gate from waiting submissions to decisions."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from taizhang.quality import gate
from taizhang.quality.findings import BlindCheckError
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import IssueKind, ReadingIssue, ReportedTotal
from taizhang.warehouse.connection import WarehouseBusyError, exclusive
from tests.readings import sheet_reading, workbook_reading
from tests.waiting import carried, findings, month, reading, rows_of, states, submit

pytestmark = pytest.mark.usefixtures("own_counts")


def test_nothing_waits(engine: Engine):
    report = judge_batch(engine)
    assert (report.gate_run_id, report.accepted, report.quarantined) == (None, [], [])
    assert rows_of(engine, "select * from audit.gate_run") == []


def test_a_contradiction_holds_the_whole_submission_back_and_leaves_the_earlier_one_in_force(engine: Engine):
    (first,) = submit(engine, reading(1, "30", "30"))
    judge_batch(engine)
    (second,) = submit(engine, reading(1, "30", "20"))
    report = judge_batch(engine)
    assert states(engine, [first, second]) == ["accepted", "quarantined"]
    (finding,) = [row for row in findings(engine, second) if row["severity"] == "block"]
    assert (finding["rule_id"], finding["sheet_title"], finding["cell"], finding["value"]) == (
        "R10",
        "项目进展",
        "N4",
        "30",
    )
    assert finding["message_zh"] == "项目“项目4”一月份本年累计 30 ≠ 本月 20（万元）"
    assert report.quarantined[0].block_count == 1
    (kept,) = rows_of(engine, "select reason_zh from ops.submission where submission_id = :number", number=second)
    assert kept["reason_zh"] == f"须改正 1 处：{finding['message_zh']}"


def test_a_new_accepted_submission_supersedes_the_one_in_force(engine: Engine):
    (first,) = submit(engine, reading(1, "30", "30"))
    judge_batch(engine)
    (second,) = submit(engine, reading(1, "40", "40"))
    judge_batch(engine)
    assert states(engine, [first, second]) == ["superseded", "accepted"]
    events = rows_of(engine, "select state from ops.submission_event where submission_id = :number", number=first)
    assert [event["state"] for event in events] == ["accepted", "superseded"]


def test_of_several_in_a_batch_the_latest_accepted_one_wins(engine: Engine):
    numbers = submit(engine, reading(1, "30", "30"), reading(1, "40", "40"), reading(1, "50", "40"))
    report = judge_batch(engine)
    assert states(engine, numbers) == ["superseded", "accepted", "quarantined"]
    assert [decision.submission_id for decision in report.superseded] == numbers[:1]


def test_months_are_compared_by_code_or_else_by_name(engine: Engine):
    code = "2403-621122-04-01-123456"
    submit(engine, workbook_reading(month=month(1), projects=[
        carried(4, "30", "30", project_code=code), carried(5, "10", "10", project_name="无代码项目"),
    ]))  # fmt: skip
    judge_batch(engine)
    (number,) = submit(engine, workbook_reading(month=month(2), projects=[
        carried(4, "60", "10", project_code=code, project_name="改了名的项目"),
        carried(5, "20", "20", project_name="无代码项目"),
        carried(6, "20", "20", project_name="新项目"),
    ]))  # fmt: skip
    judge_batch(engine)
    cells = [row["cell"] for row in findings(engine, number) if row["check_id"] == "R10.ytd_carries_forward"]
    assert cells == ["N4", "N5"]


def test_what_a_quarantined_month_contradicts_cannot_be_told(engine: Engine):
    january = reading(1, "30", "20")
    numbers = submit(engine, january, reading(2, "90", "40"))
    judge_batch(engine)
    assert states(engine, numbers) == ["quarantined", "accepted"]
    (finding,) = [row for row in findings(engine, numbers[1]) if row["rule_id"] == "R10"]
    assert (finding["verdict"], finding["severity"]) == ("cannot_tell", "info")
    assert str(finding["message_zh"]).startswith("无法判定：上月报表未通过核查。")


@pytest.mark.parametrize(("ytd", "state"), [("70", "accepted"), ("60", "quarantined")])
def test_after_a_faulty_correction_the_month_in_force_is_what_counts(engine: Engine, ytd: str, state: str):
    submit(engine, reading(1, "30", "30"))
    judge_batch(engine)
    numbers = submit(engine, reading(1, "20", "30"), reading(2, ytd, "40"))
    judge_batch(engine)
    assert states(engine, numbers) == ["quarantined", state]
    told = [row["verdict"] for row in findings(engine, numbers[1]) if row["rule_id"] == "R10"]
    assert told == ["contradiction"] * (state == "quarantined")


@pytest.mark.both_servers
def test_of_several_the_latest_that_stands_is_compared_with_month_after_month(engine: Engine):
    submit(engine, reading(1, "30", "30"), reading(2, "50", "20"))
    judge_batch(engine)
    numbers = submit(
        engine,
        reading(1, "40", "40"),
        reading(1, "10", "40"),
        reading(2, "50", "40"),
        reading(3, "60", "10"),
        reading(4, "90", "30"),
    )
    report = judge_batch(engine)
    assert states(engine, numbers) == ["accepted", "quarantined", "quarantined", "accepted", "accepted"]
    assert {row["verdict"] for number in numbers[3:] for row in findings(engine, number)} == {"contradiction"}
    assert len(report.accepted) == 3


def test_a_totals_row_must_be_the_sum_of_its_detail(engine: Engine):
    sound, faulty = workbook_reading(month=month(1)), workbook_reading("411421", month(1))
    for book, value in ((sound, "60.01"), (faulty, "61")):
        book.sheets["project_progress"].totals.append(
            ReportedTotal(6, "ytd_completed_wan", "total", "合计", (4, 5), Decimal(value))
        )
    numbers = submit(engine, sound, faulty)
    judge_batch(engine)
    assert states(engine, numbers) == ["accepted", "quarantined"]
    (finding,) = [row for row in findings(engine, numbers[1]) if row["rule_id"] == "R53"]
    assert (finding["cell"], finding["value"]) == ("N6", "61")
    assert finding["message_zh"] == "“合计”行本年累计完成投资 61 ≠ 其 2 行明细之和 60，差额 1"


def test_the_summary_of_a_list_must_be_the_sum_of_its_projects(engine: Engine):
    book = workbook_reading(month=month(1))
    rows = [
        {"row_number": 3, "breakdown_name": "list", "item_name": "市列", "project_count": 2},
        {"row_number": 4, "breakdown_name": "total", "item_name": "合计", "project_count": 3},
        {"row_number": 5, "breakdown_name": "list", "item_name": "省列重大", "project_count": 1},
    ]
    amounts = {"total_investment_wan": Decimal(2000), "annual_plan_wan": Decimal(800)}
    filled = [
        {**(amounts if index < 2 else dict.fromkeys(amounts, Decimal(0))), **row} for index, row in enumerate(rows)
    ]
    book.sheets["summary"] = sheet_reading("summary", filled)
    (number,) = submit(engine, book)
    judge_batch(engine)
    found = [
        (row["check_id"], row["cell"], row["message_zh"]) for row in findings(engine, number) if row["rule_id"] == "R53"
    ]
    assert found == [
        ("R53.summary_project_count", "C4", "汇总“合计”项目个数 3 ≠ 项目进展表该类项目 2 个，相差 1 个"),
        ("R53.summary_project_count", "C5", "汇总“省列重大”项目个数 1 ≠ 项目进展表该类项目 0 个，相差 1 个"),
    ]


def test_reading_issues_become_findings_with_their_cell(engine: Engine):
    book = workbook_reading(month=month(1))
    book.issues.append(
        ReadingIssue(
            IssueKind.NUMBER_UNREADABLE, "读不出数字", "no number", "project_progress", "项目进展", 5, "funds_paid_wan",
            "Y5", "待定",
        )
    )  # fmt: skip
    book.issues.append(ReadingIssue(IssueKind.UNIT_UNKNOWN, "单位不明", "unit unknown", "summary", "汇总"))
    (number,) = submit(engine, book)
    judge_batch(engine)
    assert states(engine, [number]) == ["quarantined"]
    found = [
        (row["check_id"], row["severity"], row["cell"], row["value"])
        for row in findings(engine, number)
        if row["sheet"] and row["rule_id"] in ("R00", "R05")
    ]
    assert found == [("R05.cell_unreadable", "warn", "Y5", "待定"), ("R00.unit_unknown", "block", None, None)]


def test_a_check_that_sees_none_of_its_rows_is_an_error(engine: Engine):
    book = workbook_reading(month=month(1))
    sheet = book.sheets["project_progress"]
    sheet.columns = [replace(column, decimals=None) for column in sheet.columns]
    numbers = submit(engine, book)
    with pytest.raises(BlindCheckError, match=r"R10\.january"):
        judge_batch(engine)
    assert states(engine, numbers) == ["read"]


def test_a_killed_run_is_marked_and_done_again(engine: Engine):
    numbers = submit(engine, reading(1, "30", "30"))
    with engine.begin() as connection:
        connection.execute(
            text("insert into audit.gate_run (state, catalogue_version, submission_count) values ('running', 'x', 1)")
        )
    judge_batch(engine)
    assert states(engine, numbers) == ["accepted"]
    runs = rows_of(engine, "select state, failure from audit.gate_run order by gate_run_id")
    assert runs == [{"state": "error", "failure": "killed before it ended"}, {"state": "done", "failure": None}]


def test_only_one_gate_at_a_time(engine: Engine):
    with exclusive(engine, gate.STEP), pytest.raises(WarehouseBusyError):
        judge_batch(engine)

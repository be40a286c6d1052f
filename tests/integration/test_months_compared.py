"""What a project's row is compared with: last month, the month before it, and the totals that a part belongs to."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.gate import judge_batch
from taizhang.reading.result import ReportedTotal, WorkbookReading
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, states, submit

pytestmark = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)

CHANGES = ("R12", "R22", "R32", "R50", "R51", "R52")


def carried(number: int, ytd: str, done: str, **values: Any) -> dict[str, Any]:
    """A project's row with these figures of the year and of the month."""
    return project(number, ytd_completed_wan=Decimal(ytd), month_completed_wan=Decimal(done), **values)


def reading(report_month: int, ytd: str, done: str, **values: Any) -> WorkbookReading:
    return workbook_reading(month=month(report_month), projects=[carried(4, ytd, done, **values)])


def found(engine: Engine, number: int, *rules: str) -> list[tuple[str, str]]:
    rows = rows_of(
        engine,
        "select check_id, rule_id, verdict from audit.finding where submission_id = :number order by check_id",
        number=number,
    )
    return [(row["check_id"], row["verdict"]) for row in rows if row["rule_id"] in (rules or CHANGES)]


@pytest.mark.parametrize(
    ("changed", "check_id"),
    [
        ({"is_started": False}, "R32.started_stays"),
        ({"production_date": None}, "R32.production_stays"),
        ({"total_investment_wan": Decimal(1200)}, "R50.total_changed"),
        ({"annual_plan_wan": Decimal(500)}, "R51.plan_changed"),
        ({"completed_before_year_wan": Decimal(90)}, "R12.before_year_unchanged"),
    ],
)
def test_a_change_since_last_month_needs_a_note_of_this_month(engine: Engine, changed: dict[str, Any], check_id: str):
    production = (month(1), month(2))
    before = {"production_date": production, "completed_before_year_wan": Decimal(100), "remark": "演示"}
    submit(engine, reading(1, "30", "30", **before))
    judge_batch(engine)
    noted = {**before, **changed, "remark": "按批复调整"}
    silent, told = reading(2, "60", "30", **(before | changed)), reading(2, "60", "30", **noted)
    numbers = submit(engine, silent, told)
    judge_batch(engine)
    assert states(engine, numbers) == ["superseded", "accepted"]
    assert found(engine, numbers[0]) == [(check_id, "contradiction")]
    assert found(engine, numbers[1]) == []


def test_a_project_that_stands_still_for_three_months_is_stale(engine: Engine):
    submit(engine, reading(1, "30", "30"), reading(2, "30", "0"))
    judge_batch(engine)
    (march,) = submit(engine, reading(3, "30", "0"))
    judge_batch(engine)
    assert found(engine, march, "R52") == [("R52.stale", "contradiction")]


def test_all_three_months_may_come_in_one_night(engine: Engine):
    numbers = submit(engine, reading(1, "30", "30"), reading(2, "30", "0"), reading(3, "30", "0"))
    judge_batch(engine)
    assert [found(engine, number, "R52") for number in numbers] == [[], [], [("R52.stale", "contradiction")]]


@pytest.mark.parametrize(
    "months",
    [
        pytest.param([("1", "1"), ("30", "29"), ("30", "0")], id="grew a month ago"),
        pytest.param([None, ("30", "0"), ("30", "0")], id="only two months were reported"),
    ],
)
def test_less_than_three_months_are_not_stale(engine: Engine, months: list[tuple[str, str] | None]):
    filed = [reading(number, *figures) for number, figures in enumerate(months, start=1) if figures]
    numbers = submit(engine, *filed)
    judge_batch(engine)
    assert found(engine, numbers[-1], "R52") == []


def test_a_sheet_without_a_source_says_once_that_the_sources_cannot_be_added_up(engine: Engine):
    rows = [carried(number, "30", "30", funds_received_wan=Decimal(10)) for number in (4, 5)]
    book = workbook_reading(month=month(1), projects=rows)
    sheet = book.sheets["project_progress"]
    sheet.columns[:] = [column for column in sheet.columns if column.name != "funds_loan_wan"]
    (number,) = submit(engine, book)
    judge_batch(engine)
    (finding,) = rows_of(engine, "select * from audit.finding where check_id = 'R13.source_columns'")
    assert (finding["submission_id"], finding["row_number"], finding["severity"]) == (number, 4, "info")
    assert "缺少银行贷款列" in finding["message_zh"]


@pytest.mark.parametrize(
    ("rows", "owner"),
    [
        pytest.param([(6, "total", 60), (7, "of_which", 70)], "合计", id="right below the total"),
        pytest.param([(2, "of_which", 70), (6, "total", 60)], "合计", id="above the total of the sheet"),
        pytest.param([(6, "subtotal", 30), (7, "of_which", 70), (8, "total", 60)], "小计", id="below a subtotal"),
        pytest.param([(6, "total", 60), (7, "of_which", 50)], None, id="not more than the total"),
        pytest.param([(7, "of_which", 70)], None, id="of no total"),
    ],
)
def test_a_part_is_at_most_the_total_that_it_belongs_to(
    engine: Engine, rows: list[tuple[int, str, int]], owner: str | None
):
    labels = {"total": "合计", "subtotal": "小计", "of_which": "其中：产业类"}
    book = workbook_reading(month=month(1))
    for row_number, kind, value in rows:
        detail = (4,) if kind == "subtotal" else (4, 5)
        book.sheets["project_progress"].totals.append(
            ReportedTotal(row_number, "ytd_completed_wan", kind, labels[kind], detail, Decimal(value))
        )
    (number,) = submit(engine, book)
    judge_batch(engine)
    checks = found(engine, number, "R53")
    assert checks == ([("R53.of_which_within_total", "contradiction")] if owner else [])
    if owner:
        (finding,) = rows_of(engine, "select message_zh from audit.finding where rule_id = 'R53'")
        assert f"大于所属“{owner}”行的" in finding["message_zh"]


def test_a_figure_in_another_unit_is_named_with_the_unit_of_its_column(engine: Engine):
    book = reading(1, "30", "30", total_investment_wan=Decimal("0.1"), annual_plan_wan=Decimal("400"))
    (number,) = submit(engine, book)
    judge_batch(engine)
    (finding,) = rows_of(
        engine, "select message_zh from audit.finding where submission_id = :number and rule_id = 'R07'", number=number
    )
    assert finding["message_zh"].endswith("年度计划疑按元填写，应为 0.04 万元；或者总投资疑按亿元填写，应为 1000 万元")

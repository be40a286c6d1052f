"""What a project's row is compared with: last month, the month before it, and the totals that a part belongs to."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.gate import judge_batch
from taizhang.reading.result import ReportedTotal, WorkbookReading
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, states, submit

pytestmark = [pytest.mark.usefixtures("own_counts"), pytest.mark.parametrize("server_url", ["embedded"], indirect=True)]

UNITS = ("621122", "621121", "621123", "621124", "621125")
CHANGES = ("R12", "R22", "R32", "R50", "R51", "R52")


def carried(number: int, ytd: str, done: str, **values: Any) -> dict[str, Any]:
    """A project's row with these figures of the year and of the month."""
    return project(number, ytd_completed_wan=Decimal(ytd), month_completed_wan=Decimal(done), **values)


def reading(report_month: int, ytd: str, done: str, unit: str = UNITS[0], **values: Any) -> WorkbookReading:
    return workbook_reading(unit, month(report_month), [carried(4, ytd, done, **values)])


def found(engine: Engine, number: int, *rules: str) -> list[tuple[str, str]]:
    rows = rows_of(
        engine,
        "select check_id, rule_id, verdict from audit.finding where submission_id = :number order by check_id",
        number=number,
    )
    return [(row["check_id"], row["verdict"]) for row in rows if row["rule_id"] in (rules or CHANGES)]


CHANGED: dict[str, dict[str, Any]] = {
    "R32.started_stays": {"is_started": False},
    "R32.production_stays": {"production_date": None},
    "R50.total_changed": {"total_investment_wan": Decimal(1200)},
    "R51.plan_changed": {"annual_plan_wan": Decimal(500)},
    "R12.before_year_unchanged": {"completed_before_year_wan": Decimal(90)},
}


def test_a_change_since_last_month_needs_a_note_of_this_month(engine: Engine):
    """One unit makes each change in silence, and then again with a note."""
    production = (month(1), month(2))
    before = {"production_date": production, "completed_before_year_wan": Decimal(100), "remark": "演示"}
    submit(engine, *(reading(1, "30", "30", unit, **before) for unit in UNITS))
    judge_batch(engine)
    changes = [(unit, before | changed) for unit, changed in zip(UNITS, CHANGED.values(), strict=True)]
    silent = submit(engine, *(reading(2, "60", "30", unit, **values) for unit, values in changes))
    noted = {"remark": "按批复调整"}
    told = submit(engine, *(reading(2, "60", "30", unit, **values | noted) for unit, values in changes))
    judge_batch(engine)
    assert states(engine, silent + told) == ["superseded"] * len(UNITS) + ["accepted"] * len(UNITS)
    assert [found(engine, number) for number in silent] == [[(check_id, "contradiction")] for check_id in CHANGED]
    assert [found(engine, number) for number in told] == [[] for _ in UNITS]


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


def test_less_than_three_months_are_not_stale(engine: Engine):
    """One unit's project grew a month ago, the other has reported only two months."""
    grew, short = UNITS[:2]
    numbers = submit(
        engine,
        *(reading(1, "1", "1", grew), reading(2, "30", "29", grew), reading(2, "30", "0", short)),
        *(reading(3, "30", "0", unit) for unit in (grew, short)),
    )
    judge_batch(engine)
    assert [found(engine, number, "R52") for number in numbers[-2:]] == [[], []]


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


# What stands where, and the label of the total that the part exceeds.
PARTS: dict[str, tuple[list[tuple[int, str, int]], str | None]] = {
    "right below the total": ([(6, "total", 60), (7, "of_which", 70)], "合计"),
    "above the total of the sheet": ([(2, "of_which", 70), (6, "total", 60)], "合计"),
    "below a subtotal": ([(6, "subtotal", 30), (7, "of_which", 70), (8, "total", 60)], "小计"),
    "not more than the total": ([(6, "total", 60), (7, "of_which", 50)], None),
    "of no total": ([(7, "of_which", 70)], None),
}


def with_totals(unit: str, rows: list[tuple[int, str, int]]) -> WorkbookReading:
    labels = {"total": "合计", "subtotal": "小计", "of_which": "其中：产业类"}
    book = workbook_reading(unit, month(1))
    for row_number, kind, value in rows:
        detail = (4,) if kind == "subtotal" else (4, 5)
        book.sheets["project_progress"].totals.append(
            ReportedTotal(row_number, "ytd_completed_wan", kind, labels[kind], detail, Decimal(value))
        )
    return book


def test_a_part_is_at_most_the_total_that_it_belongs_to(engine: Engine):
    books = [with_totals(unit, rows) for unit, (rows, _) in zip(UNITS, PARTS.values(), strict=True)]
    numbers = submit(engine, *books)
    judge_batch(engine)
    for number, (case, (_, owner)) in zip(numbers, PARTS.items(), strict=True):
        findings = rows_of(
            engine,
            "select check_id, verdict, message_zh from audit.finding where rule_id = 'R53' and submission_id = :number",
            number=number,
        )
        checks = [(row["check_id"], row["verdict"]) for row in findings]
        assert checks == ([("R53.of_which_within_total", "contradiction")] if owner else []), case
        assert all(f"大于所属“{owner}”行的" in row["message_zh"] for row in findings), case


def test_a_figure_in_another_unit_is_named_with_the_unit_of_its_column(engine: Engine):
    book = reading(1, "30", "30", total_investment_wan=Decimal("0.1"), annual_plan_wan=Decimal("400"))
    (number,) = submit(engine, book)
    judge_batch(engine)
    (finding,) = rows_of(
        engine, "select message_zh from audit.finding where submission_id = :number and rule_id = 'R07'", number=number
    )
    assert finding["message_zh"].endswith("年度计划疑按元填写，应为 0.04 万元；或者总投资疑按亿元填写，应为 1000 万元")

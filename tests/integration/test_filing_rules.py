"""What the gate says of a workbook as a whole: when it was filed, who signed it, what it resembles and restates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.quality.gate import judge_batch
from taizhang.reading.result import IssueKind, ReadingIssue, WorkbookReading
from tests.readings import project, workbook_reading
from tests.sql_gate import checks_found, findings
from tests.waiting import month, states, submit

LONGXI, ANDING = "621122", "621102"
Day = tuple[date, date]
pytestmark = pytest.mark.usefixtures("own_counts")


def figures(ytd: object, done: object) -> dict[str, Any]:
    return {
        "ytd_completed_wan": Decimal(str(ytd)),
        "month_completed_wan": None if done is None else Decimal(str(done)),
    }


def reading(number: int, ytd: object, done: object, unit: str = LONGXI, count: int = 1) -> WorkbookReading:
    """A month in which each of `count` projects has these figures; each has a total investment of its own."""
    rows = [
        project(row, project_name=f"项目{row}", total_investment_wan=Decimal(1000 + row), **figures(ytd, done))
        for row in range(4, 4 + count)
    ]
    return workbook_reading(unit, month(number), rows)


def signed(unit: str = LONGXI, **values: object) -> WorkbookReading:
    book = reading(1, 30, 30, unit)
    for name, value in values.items():
        book.sheets["cover"].values[name] = [value]
    return book


def day(text_of_day: str) -> Day:
    first = date.fromisoformat(text_of_day)
    return first, date.fromordinal(first.toordinal() + 1)


def judge(engine: Engine, *readings: WorkbookReading) -> list[int]:
    numbers = submit(engine, *readings)
    judge_batch(engine)
    return numbers


def file_on(engine: Engine, number: int, filed_on: date | None) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("update ops.submission set filed_on = :filed_on where submission_id = :number"),
            {"filed_on": filed_on, "number": number},
        )


class TestFiling:
    def test_by_the_due_day_of_the_kind_of_unit(self, engine: Engine) -> None:
        in_time, late = submit(engine, reading(3, 30, 30), reading(3, 30, 30, ANDING))
        file_on(engine, in_time, date(2024, 4, 10))
        file_on(engine, late, date(2024, 4, 12))
        judge_batch(engine)
        assert checks_found(engine, in_time, "R03") == []
        (finding,) = findings(engine, late, "R03")
        assert finding["check_id"] == "R03.late"
        assert finding["message_zh"] == "2024-03 月报应于 2024-04-10 前报送，实际于 2024-04-12 报送，逾期 2 天"

    def test_what_replaces_an_accepted_workbook_is_a_correction_and_not_late(self, engine: Engine) -> None:
        judge(engine, reading(1, 30, 30))
        (again,) = submit(engine, reading(1, 40, 40))
        file_on(engine, again, date(2024, 3, 20))
        judge_batch(engine)
        assert checks_found(engine, again, "R03") == ["R03.replaces"]
        assert states(engine, [again]) == ["accepted"]

    def test_a_month_in_between_is_missing(self, engine: Engine) -> None:
        first, third = judge(engine, reading(1, 30, 30), reading(3, 90, 20))
        assert checks_found(engine, first, "R03") == []
        (finding,) = findings(engine, third, "R03")
        assert finding["message_zh"] == "本年上一次报送的是 2024-01 月报，到 2024-03 之间缺报 1 个月"

    def test_a_month_that_was_held_back_was_filed(self, engine: Engine) -> None:
        judge(engine, reading(1, 30, 30), reading(2, 90, 10))
        (third,) = judge(engine, reading(3, 100, 10))
        assert checks_found(engine, third, "R03") == []

    def test_the_first_workbook_of_a_year_lacks_no_month(self, engine: Engine) -> None:
        (third,) = judge(engine, reading(3, 90, 20))
        assert checks_found(engine, third, "R03") == []


class TestJanuaryAndFebruaryTogether:
    def test_the_month_is_blank_or_both_months(self, engine: Engine) -> None:
        blank = [reading(2, 90, None), reading(3, 120, 30)]
        both_months = [reading(2, 90, 90, ANDING), reading(3, 120, 30, ANDING)]
        numbers = judge(engine, *blank, *both_months)
        assert states(engine, numbers) == ["accepted"] * 4
        assert [checks_found(engine, number, "R00", "R03", "R10") for number in numbers] == [[]] * 4

    def test_there_may_be_no_column_for_the_month(self, engine: Engine) -> None:
        book = reading(2, 90, None)
        sheet = book.sheets["project_progress"]
        sheet.columns = [column for column in sheet.columns if column.name != "month_completed_wan"]
        book.issues.append(
            ReadingIssue(
                IssueKind.HEADER_MISSING,
                "缺列",
                "missing",
                "project_progress",
                "项目进展",
                column_name="month_completed_wan",
            )
        )
        assert states(engine, judge(engine, book)) == ["accepted"]

    def test_another_month_needs_an_explanation(self, engine: Engine) -> None:
        (february,) = judge(engine, reading(2, 90, 40))
        (finding,) = findings(engine, february, "R10")
        assert (finding["check_id"], finding["severity"]) == ("R10.combined_months", "warn")
        assert states(engine, [february]) == ["accepted"]

    def test_who_has_filed_january_fills_in_the_month(self, engine: Engine) -> None:
        _, february = judge(engine, reading(1, 30, 30), reading(2, 90, None))
        assert checks_found(engine, february, "R00") == ["R00.month_completed_filled"]
        assert states(engine, [february]) == ["quarantined"]

    def test_no_other_month_may_be_blank(self, engine: Engine) -> None:
        (march,) = judge(engine, reading(3, 90, None))
        assert states(engine, [march]) == ["quarantined"]


class TestSignOff:
    def test_persons_are_distinct_and_days_in_order(self, engine: Engine) -> None:
        """One unit makes each mistake."""
        mistakes: dict[str, dict[str, object]] = {
            "R04.reviewer_is_not_filler": {"reviewer_name": "张 三"},
            "R04.approver_is_not_filler": {"approver_name": "　张三"},
            "R04.approver_is_not_reviewer": {"approver_name": "李四"},
            "R04.filled_in_or_after_month": {"filled_date": day("2023-12-31")},
            "R04.filled_before_filing": {"filled_date": day("2024-02-06")},
        }
        units = (LONGXI, ANDING, "621121", "621123", "621124")
        books = [signed(unit, **values) for unit, values in zip(units, mistakes.values(), strict=True)]
        numbers = judge(engine, *books)
        assert [checks_found(engine, number, "R04") for number in numbers] == [[check] for check in mistakes]
        assert states(engine, numbers) == ["quarantined"] * len(mistakes)

    def test_names_that_are_missing_are_only_said(self, engine: Engine) -> None:
        (number,) = judge(engine, signed(reviewer_name=None, approver_name=None))
        (finding,) = findings(engine, number, "R04")
        assert (finding["severity"], finding["message_zh"]) == ("info", "封面没有填写：审核人、签发人")
        assert states(engine, [number]) == ["accepted"]

    def test_a_date_that_may_lie_before_the_filing_is_none_too_late(self, engine: Engine) -> None:
        (number,) = judge(engine, signed(filled_date=(date(2024, 2, 1), date(2024, 3, 1))))
        assert checks_found(engine, number, "R04") == []


class TestLikeness:
    @pytest.mark.both_servers
    def test_both_of_two_units_with_the_same_figures_are_named(self, engine: Engine) -> None:
        numbers = judge(engine, reading(1, 30, 30, count=12), reading(1, 30, 30, ANDING, count=12))
        messages = [findings(engine, number, "R06")[0]["message_zh"] for number in numbers]
        assert messages == [
            "12 行中有 12 行（100%）的各项数字与“安定区”2024-01 的报表“月报.xlsx”相同",
            "12 行中有 12 行（100%）的各项数字与“陇西县”2024-01 的报表“月报.xlsx”相同",
        ]
        assert states(engine, numbers) == ["accepted", "accepted"]

    @pytest.mark.parametrize("days", [(1, 2), (2, 1)], ids=["loaded as filed", "loaded the other way"])
    def test_of_two_equal_versions_the_last_filed_is_named(self, engine: Engine, days: tuple[int, int]) -> None:
        versions = [replace(reading(1, 30, 30, ANDING, count=12), file_name=f"二月{day}日.xlsx") for day in days]
        *earlier, mine = submit(engine, *versions, reading(1, 30, 30, count=12))
        with engine.begin() as connection:
            for number, day in zip(earlier, days, strict=True):
                connection.execute(
                    text("update ops.submission set received_at = :moment where submission_id = :number"),
                    {"moment": f"2024-02-0{day}T08:00:00+08:00", "number": number},
                )
        judge_batch(engine)
        assert "“二月2日.xlsx”" in findings(engine, mine, "R06")[0]["message_zh"]

    def test_the_twin_may_be_in_force_already(self, engine: Engine) -> None:
        judge(engine, reading(1, 30, 30, count=12))
        (number,) = judge(engine, reading(1, 30, 30, ANDING, count=12))
        assert checks_found(engine, number, "R06") == ["R06.like_another_unit"]

    @pytest.mark.parametrize("count", [9, 12])
    def test_few_rows_and_other_figures_are_no_likeness(self, engine: Engine, count: int) -> None:
        done = 30 if count == 9 else 31
        numbers = judge(engine, reading(1, 30, 30, count=count), reading(1, done, done, ANDING, count=count))
        assert [checks_found(engine, number, "R06") for number in numbers] == [[], []]

    def test_a_resubmission_is_not_its_own_twin(self, engine: Engine) -> None:
        judge(engine, reading(1, 30, 30, count=12))
        (again,) = judge(engine, reading(1, 30, 30, count=12))
        assert checks_found(engine, again, "R06") == []

    def test_last_month_s_file_sent_again_is_named(self, engine: Engine) -> None:
        judge(engine, reading(1, 30, 30, count=6))
        (february,) = judge(engine, reading(2, 30, 30, count=6))
        (finding,) = findings(engine, february, "R06")
        assert finding["message_zh"].startswith("本月有完成投资的 6 个项目中，6 个（100%）")
        assert "2024-01 的报表“月报.xlsx”" in finding["message_zh"]

    def test_a_month_in_which_nothing_was_done_repeats_nothing(self, engine: Engine) -> None:
        judge(engine, reading(1, 0, 0, count=6))
        (february,) = judge(engine, reading(2, 0, 0, count=6))
        assert checks_found(engine, february, "R06") == []


class TestRestatement:
    def publish(self, engine: Engine, number: int) -> None:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "insert into ops.publication (publication_id, state, code_version, catalogue_version)"
                    " values (7, 'published', 'x', 'x')"
                )
            )
            connection.execute(
                text(
                    "insert into ops.publication_scope (publication_id, unit_code, report_month, submission_id)"
                    " select 7, unit_code, report_month, submission_id from ops.submission"
                    " where submission_id = :number"
                ),
                {"number": number},
            )

    @pytest.mark.both_servers
    def test_a_published_month_that_changes_tells_its_size(self, engine: Engine) -> None:
        (first,) = judge(engine, reading(1, 30, 30, count=3))
        self.publish(engine, first)
        book = reading(1, 30, 30, count=4)
        for name in ("ytd_completed_wan", "month_completed_wan"):
            book.sheets["project_progress"].values[name] = [Decimal(31), *[Decimal(30)] * 3]
        (again,) = judge(engine, book)
        (finding,) = findings(engine, again, "R52")
        assert (finding["check_id"], finding["severity"]) == ("R52.restated", "warn")
        assert finding["message_zh"] == (
            "本报表修订已发布（第 7 次发布）的“月报.xlsx”：本年累计完成投资由 90 改为 121（万元），共 2 行有变化"
        )
        assert states(engine, [first, again]) == ["superseded", "accepted"]

    def test_what_was_never_published_or_does_not_change_restates_nothing(self, engine: Engine) -> None:
        (first,) = judge(engine, reading(1, 30, 30))
        (second,) = judge(engine, reading(1, 40, 40))
        self.publish(engine, second)
        (third,) = judge(engine, reading(1, 40, 40))
        assert [checks_found(engine, number, "R52") for number in (first, second, third)] == [[], [], []]


def test_a_region_of_a_project_code_that_is_not_in_the_list_is_only_said(engine: Engine) -> None:
    book = reading(1, 30, 30, count=2)
    book.sheets["project_progress"].values["project_code"] = ["2509-320193-89-01-544060", "2403-621122-04-01-123456"]
    (number,) = judge(engine, book)
    (finding,) = findings(engine, number, "R56")
    assert (finding["check_id"], finding["severity"], finding["value"]) == (
        "R56.project_code_region",
        "info",
        "2509-320193-89-01-544060",
    )


def test_a_code_of_a_region_that_has_changed_gives_the_one_that_replaced_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from taizhang.quality import reference

    whole = reference.reporting_units()
    old_unit = replace(whole.units[LONGXI], unit_code="371203", parent_region_code="371200")
    monkeypatch.setattr(reference, "reporting_units", lambda: type(whole)(whole.units | {"371203": old_unit}))
    book = reading(1, 30, 30, unit="371203", count=3)
    book.sheets["project_progress"].values["project_code"] = [
        "1612-371202-04-01-123456",
        "2009-330104-04-01-123456",
        "2403-621122-04-01-123456",
    ]
    (number,) = judge(engine, book)
    said = {
        (finding["check_id"], finding["severity"], finding["message_zh"]) for finding in findings(engine, number, "R56")
    }
    changed = "R56.project_code_region_replaced"
    assert said == {
        (
            "R56.unit_region_replaced",
            "warn",
            "填报单位 371203 的区划代码 371203 在 2024-01 已调整为 370117，数据计入新区划",
        ),
        (changed, "info", "项目“项目4”的代码 1612-371202-04-01-123456 中的区划 371202 已调整，现为 370116"),
        (changed, "info", "项目“项目5”的代码 2009-330104-04-01-123456 中的区划 330104 已调整，现为 330102、330114"),
    }


def test_a_unit_that_no_longer_exists_in_the_month_is_named(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from taizhang.quality import reference

    whole = reference.reporting_units()
    closed = {code: unit for code, unit in whole.units.items() if code != LONGXI}
    monkeypatch.setattr(reference, "reporting_units", lambda: type(whole)(closed))
    (number,) = judge(engine, reading(1, 30, 30))
    (finding,) = findings(engine, number, "R56")
    assert (finding["check_id"], finding["severity"]) == ("R56.unit_valid", "warn")

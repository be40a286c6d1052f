"""Cities and provinces: what they add up is compared with the units below them."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.codelists import reporting_units
from taizhang.quality.check import check_reading
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import ReadColumn, WorkbookReading
from tests.readings import class_row, project, summary_reading, workbook_reading
from tests.sql_gate import findings
from tests.waiting import month, states, submit

SHANGQIU, DINGXI, GANSU = "411400C0", "621100C0", "620000P0"
MINQUAN, SUIXIAN = "411421", "411422"
JANUARY = month(1)
pytestmark = pytest.mark.usefixtures("own_counts")


def units_of(city: str) -> list[str]:
    region = reporting_units().units[city].summarises_region_code
    return [unit.unit_code for unit in reporting_units().units.values() if unit.parent_region_code == region]


def county(unit_code: str, amount: object = 100, **values: Any) -> WorkbookReading:
    """A county whose one project has this amount for every figure."""
    names = ("total_investment_wan", "annual_plan_wan", "month_completed_wan", "ytd_completed_wan")
    figures = dict.fromkeys(names, Decimal(str(amount)))
    return workbook_reading(unit_code, JANUARY, [project(4, project_name=unit_code, **figures | values)])


def counties(city: str = SHANGQIU, without: tuple[str, ...] = ()) -> list[WorkbookReading]:
    return [county(unit_code) for unit_code in units_of(city) if unit_code not in without]


def city_rows(city: str = SHANGQIU, **counties: object) -> list[dict[str, Any]]:
    """All projects, then each unit below: 100 in each, or as given by unit code after a letter (u411421)."""
    units = units_of(city)
    amounts = {unit: Decimal(str(counties.get(f"u{unit}", 100))) for unit in units}
    rows = [class_row(3, "total", "全部项目", len(units), sum(amounts.values()))]
    names = {unit: reporting_units().units[unit].unit_name for unit in units}
    return rows + [class_row(row, "county", names[unit], 1, amounts[unit]) for row, unit in enumerate(units, start=4)]


def judge(engine: Engine, *readings: WorkbookReading) -> list[int]:
    numbers = submit(engine, *readings)
    judge_batch(engine)
    return numbers


@pytest.mark.both_servers
def test_a_true_summary_is_accepted_whether_the_units_came_before_or_in_the_same_batch(engine: Engine) -> None:
    below = counties()
    judge(engine, *below[:4])
    *_, city = judge(engine, *below[4:], summary_reading(SHANGQIU, JANUARY, city_rows()))
    assert findings(engine, city, "R54", "R53", "R00") == []
    assert states(engine, [city]) == ["accepted"]


def test_a_wrong_row_of_a_county_lists_both_sides(engine: Engine) -> None:
    rows = city_rows()
    rows[3]["ytd_completed_wan"] = Decimal("140.5")
    *_, city = judge(engine, *counties(), summary_reading(SHANGQIU, JANUARY, rows))
    assert states(engine, [city]) == ["quarantined"]
    (finding,) = findings(engine, city, "R54")
    assert (finding["sheet_title"], finding["row_number"], finding["value"]) == ("汇总", 6, "140.5")
    assert finding["column_name"] == "ytd_completed_wan"
    assert finding["cell"] is not None
    assert finding["message_zh"] == (
        "汇总“民权县”本年累计完成投资 140.5，下级单位（应报 1 个，已报 1 个）之和 100（万元），相差 40.5；"
        "其中数额最大的是：民权县 100"
    )


def test_the_total_and_the_classes_are_sums_of_zones_and_of_the_city_itself_too(engine: Engine) -> None:
    rows = [
        class_row(3, "total", "全部项目", 9, 900),
        class_row(4, "list", "市列", 10, 1000),
        class_row(5, "list", "省列重大", 1, 0),
    ]
    *_, city = judge(engine, *counties(), summary_reading(SHANGQIU, JANUARY, rows))
    wrong = {(row["subject_label"], row["column_name"]) for row in findings(engine, city, "R54")}
    amounts = ("total_investment_wan", "annual_plan_wan", "month_completed_wan", "ytd_completed_wan")
    counts = ("project_count", "started_count")
    assert wrong == {("全部项目", name) for name in (*counts, *amounts)} | {("省列重大", name) for name in counts}
    assert "应报 10 个，已报 10 个" in findings(engine, city, "R54")[0]["message_zh"]


def test_figures_are_compared_as_they_are_printed(engine: Engine) -> None:
    book = summary_reading(SHANGQIU, JANUARY, [class_row(3, "total", "全部项目", 10, "1004.0")])
    sheet = book.sheets["summary"]
    sheet.columns = [
        ReadColumn(column.letter, column.header_path, column.name, "万元", Decimal(1), 0)
        if (column.name or "").endswith("_wan")
        else column
        for column in sheet.columns
    ]
    *_, city = judge(engine, *[county(unit, "100.41") for unit in units_of(SHANGQIU)], book)
    assert findings(engine, city, "R54") == []


def test_of_units_that_have_not_filed_nothing_is_told_but_their_names(engine: Engine) -> None:
    rows = city_rows()
    rows[3]["ytd_completed_wan"] = Decimal(90)
    *_, city = judge(engine, *counties(without=(MINQUAN, SUIXIAN)), summary_reading(SHANGQIU, JANUARY, rows[:4]))
    assert states(engine, [city]) == ["accepted"]
    told = [(row["subject_label"], row["verdict"], row["severity"]) for row in findings(engine, city, "R54")]
    assert told == [("全部项目", "cannot_tell", "info"), ("民权县", "cannot_tell", "info")]
    assert findings(engine, city, "R54")[0]["message_zh"] == (
        "无法判定：汇总“全部项目”项目个数 10，下级单位（应报 10 个，已报 8 个）之和 8（个），相差 2；"
        "尚未报送或未通过核查的有：民权县、睢县"
    )


def test_a_county_that_is_held_back_says_nothing_about_the_city(engine: Engine) -> None:
    faulty = county(MINQUAN, 140, month_completed_wan=Decimal(1))
    rows = city_rows()
    rows[1]["ytd_completed_wan"] = Decimal(7)
    *_, held, city = judge(
        engine, *counties(without=(MINQUAN,)), faulty, summary_reading(SHANGQIU, JANUARY, rows[:1] + rows[3:4])
    )
    assert states(engine, [held, city]) == ["quarantined", "accepted"]
    found = findings(engine, city, "R54")
    assert {row["verdict"] for row in found} == {"cannot_tell"}
    assert found[0]["message_zh"].startswith("无法判定：民权县的报表未通过核查。汇总“")


def test_other_counties_are_judged_although_one_is_held_back(engine: Engine) -> None:
    faulty = county(MINQUAN, 140, month_completed_wan=Decimal(1))
    rows = city_rows()
    rows[4]["ytd_completed_wan"] = Decimal(7)
    *_, city = judge(engine, *counties(without=(MINQUAN,)), faulty, summary_reading(SHANGQIU, JANUARY, rows[3:5]))
    assert states(engine, [city]) == ["quarantined"]
    blocking = [row["subject_label"] for row in findings(engine, city, "R54") if row["severity"] == "block"]
    assert blocking == ["睢县"]


def test_what_stands_counts_where_a_correction_below_is_held_back(engine: Engine) -> None:
    judge(engine, *counties())
    faulty = county(MINQUAN, 140, month_completed_wan=Decimal(1))
    held, city = judge(engine, faulty, summary_reading(SHANGQIU, JANUARY, city_rows()))
    assert states(engine, [held, city]) == ["quarantined", "accepted"]
    assert findings(engine, city, "R54") == []


def test_a_name_that_nobody_knows_is_said(engine: Engine) -> None:
    rows = [*city_rows(), class_row(20, "county", "苍山县", 1, 100)]
    *_, city = judge(engine, *counties(), summary_reading(SHANGQIU, JANUARY, rows))
    (finding,) = findings(engine, city, "R54")
    assert finding["verdict"] == "cannot_tell"
    assert "“苍山县”不在单位名录或分类名录中" in finding["message_zh"]


class TestProvince:
    def rows(self, amount: object) -> list[dict[str, Any]]:
        return [class_row(3, "total", "全部项目", 9, amount), class_row(4, "county", "定西市", 9, amount)]

    def test_it_adds_up_its_cities(self, engine: Engine) -> None:
        city = summary_reading(DINGXI, JANUARY, city_rows(DINGXI))
        *_, dingxi, gansu = judge(engine, *counties(DINGXI), city, summary_reading(GANSU, JANUARY, self.rows(900)))
        assert states(engine, [dingxi, gansu]) == ["accepted", "accepted"]
        assert findings(engine, gansu, "R54") == []

    def test_where_no_city_has_filed_it_adds_up_the_counties(self, engine: Engine) -> None:
        *_, gansu = judge(engine, *counties(DINGXI), summary_reading(GANSU, JANUARY, self.rows(901)))
        found = findings(engine, gansu, "R54")
        assert {row["subject_label"] for row in found} == {"全部项目", "定西市"}
        assert "应报 9 个，已报 9 个）之和 900" in found[0]["message_zh"]

    def test_a_city_that_is_held_back_says_nothing_about_the_province(self, engine: Engine) -> None:
        city = summary_reading(DINGXI, JANUARY, city_rows(DINGXI, u621122=120))
        *_, dingxi, gansu = judge(engine, *counties(DINGXI), city, summary_reading(GANSU, JANUARY, self.rows(900)))
        assert states(engine, [dingxi, gansu]) == ["quarantined", "accepted"]
        assert {row["verdict"] for row in findings(engine, gansu, "R54")} == {"cannot_tell"}


def test_a_month_that_stands_for_two_is_not_compared(engine: Engine) -> None:
    below = [county(unit_code) for unit_code in units_of(SHANGQIU)]
    for book in below:
        book.report_month = month(2)
        book.sheets["cover"].values["report_period"] = [month(2)]
        del book.sheets["project_progress"].values["month_completed_wan"]
    city = summary_reading(SHANGQIU, month(2), city_rows())
    *_, number = judge(engine, *below, city)
    assert findings(engine, number, "R54") == []
    assert states(engine, [number]) == ["accepted"]


def test_the_offline_check_compares_with_what_is_in_force(engine: Engine) -> None:
    judge(engine, *counties())
    report = check_reading(summary_reading(SHANGQIU, JANUARY, city_rows(u411421=120)), engine)
    assert report.verdict == "quarantined"
    assert {finding.rule_id for finding in report.findings if finding.severity == "block"} == {"R54"}

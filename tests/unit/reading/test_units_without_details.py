"""Workbooks of cities and provinces: who is meant, and which sheets they have."""

from datetime import date
from pathlib import Path

import pytest
from python_calamine import load_workbook

from taizhang.codelists import reporting_units
from taizhang.reading.identity import is_above, units_named
from taizhang.reading.result import IssueKind, Refusal
from taizhang.reading.workbook import read_workbook
from taizhang.template import VERSION_SHEET, write_template
from tests.unit.reading.books import COVER, issues, save

MARCH = date(2024, 3, 1)
TITLE = [["重大项目月报"]]


def cover(unit: str) -> list[list[str]]:
    return [*TITLE, ["填报单位", unit], ["报告期", "2024年3月"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("定西市", "621100C0"),
        ("定西市发展和改革委员会", "621100C0"),
        ("甘肃省定西市", "621100C0"),
        ("定西市本级", "621100B0"),
        ("甘肃省定西市陇西县发展和改革局", "621122"),
        ("定西市安定区", "621102"),
        ("甘肃省发展和改革委员会", "620000P0"),
        ("621100C0", "621100C0"),
    ],
)
def test_the_lowest_unit_that_is_named_is_meant(text: str, code: str) -> None:
    assert [unit.unit_code for unit in units_named(text)] == [code]


@pytest.mark.parametrize("text", ["定西市高新区", "定西市城关镇", "甘肃省兰州新区"])
def test_a_place_in_a_city_that_nobody_knows_is_not_the_city(text: str) -> None:
    assert units_named(text) == []


def test_what_is_above_what() -> None:
    units = reporting_units().units
    assert is_above(units["620000P0"], units["621122"])
    assert is_above(units["621100C0"], units["621100B0"])
    assert not is_above(units["621100C0"], units["411421"])
    assert not is_above(units["621122"], units["621100C0"])
    assert not is_above(units["621100C0"], units["621100C0"])


def test_a_county_s_workbook_may_name_its_city_in_file_name_and_title(tmp_path: Path) -> None:
    named = [["定西市2024年3月重大项目月报"], *COVER[1:]]
    reading = read_workbook(save(tmp_path / "定西市2024年3月报表.xlsx", cover=named))
    assert reading.unit_code == "621122"
    assert issues(reading, IssueKind.COVER_CONTRADICTION) == []


def test_a_city_s_workbook_that_calls_itself_a_county_s_contradicts_itself(tmp_path: Path) -> None:
    reading = read_workbook(save(tmp_path / "陇西县2024年3月.xlsx", cover=cover("定西市")))
    assert reading.unit_code == "621100C0"
    assert [issue.value for issue in issues(reading, IssueKind.COVER_CONTRADICTION)] == ["陇西县"]


def test_a_city_files_no_projects(tmp_path: Path) -> None:
    reading = read_workbook(save(tmp_path / "a.xlsx", cover=cover("定西市")))
    assert set(reading.sheets) == {"cover", "summary"}
    (issue,) = issues(reading, IssueKind.SHEET_NOT_COLLECTED)
    assert issue.sheet_title == "项目进展"
    assert issues(reading, IssueKind.SHEET_MISSING) == []


def test_a_csv_holds_nothing_that_a_city_files(tmp_path: Path) -> None:
    path = tmp_path / "定西市2024年3月重大项目月报.csv"
    path.write_text("项目名称,总投资（万元）\n甲,100\n", encoding="utf-8")
    reading = read_workbook(path)
    assert reading.sheets == {}
    assert [issue.sheet for issue in issues(reading, IssueKind.SHEET_MISSING)] == ["cover", "summary"]


def test_the_template_of_a_city_has_a_row_for_each_unit_below(tmp_path: Path) -> None:
    path = tmp_path / "定西市.xlsx"
    write_template(path, "621100C0", MARCH)
    book = load_workbook(path)
    assert book.sheet_names == ["封面", "汇总", "固定资产投资", "目标任务", "平台在库项目", VERSION_SHEET]
    rows = [row[:2] for row in book.get_sheet_by_name("汇总").to_python()]
    assert ["合计", "全部项目"] in rows
    names = {row[1] for row in rows if row[0] == "分县区"}
    with_details = {u.unit_name for u in reporting_units().units.values() if u.parent_region_code == "621100"}
    assert names == with_details
    reading = read_workbook(path)
    assert (reading.unit_code, reading.report_month) == ("621100C0", MARCH)


def test_a_unit_that_is_no_longer_in_the_register_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        read_workbook(save(tmp_path / "a.xlsx", cover=[*TITLE, ["填报单位", "定西市"], ["报告期", "2020年3月"]]))
    assert refusal.value.code == "unit_unknown"

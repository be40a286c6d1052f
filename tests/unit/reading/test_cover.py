from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from taizhang.reading.result import IssueKind, Refusal
from taizhang.reading.workbook import read_workbook
from tests.unit.reading.books import NAME, issues, read, save, table, values

MARCH = date(2024, 3, 1)


def cover(unit: object = "陇西县", month: object = "2024年3月") -> list[list[Any]]:
    return [["填报单位", unit], ["报告期", month]]


@pytest.mark.parametrize(
    "text",
    ["陇西县", " 陇 西 县 ", "621122", "陇西县发展和改革局", "甘肃省定西市陇西县", "陇西县人民政府（盖章）"],
)
def test_ways_to_name_the_unit(tmp_path: Path, text: str) -> None:
    reading = read(tmp_path, cover=cover(unit=text))
    assert (reading.unit_code, reading.unit_name) == ("621122", "陇西县")


@pytest.mark.parametrize(
    ("text", "code"),
    [("漾濞县", "532922"), ("巍山县", "532927"), ("大理经开区", "532900K1"), ("大理经济技术开发区管委会", "532900K1")],
)
def test_everyday_names_of_units(tmp_path: Path, text: str, code: str) -> None:
    path = save(tmp_path / "a.xlsx", cover=cover(unit=text))
    assert read_workbook(path).unit_code == code


@pytest.mark.parametrize(
    "month",
    [
        "2024年3月",
        "2024年03月",
        "2024.3",
        "2024-03",
        "202403",
        2024.3,
        202403,
        "2024年1-3月",
        "2024年1—3月",
        "2024年1月至3月",
        "二〇二四年三月",
        "二○二四年三月份",
        "（2024年3月）",
        "截至2024年3月底",
        "2024年3月31日",
        date(2024, 3, 1),
        date(2024, 3, 31),
    ],
    ids=str,
)
def test_ways_to_write_the_month(tmp_path: Path, month: object) -> None:
    assert read(tmp_path, cover=cover(month=month)).report_month == MARCH


def test_a_month_typed_as_a_number_is_settled_by_the_file_name(tmp_path: Path) -> None:
    path = save(tmp_path / "陇西县2023年10月月报.xlsx", cover=cover(month=2023.1))
    assert read_workbook(path).report_month == date(2023, 10, 1)


LAYOUTS = {
    "right of the label": [["填报单位", "陇西县"], ["报告期", "2024年3月"]],
    "after a gap": [["填报单位：", None, "陇西县"], ["报告期：", None, "2024年3月"]],
    "below the label": [["填报单位", "报告期"], ["陇西县", "2024年3月"]],
    "in the same cell": [["填报单位：陇西县"], ["报告期：2024年3月"]],
    "all in one cell": [["填报单位：陇西县  报告期：2024年3月"]],
    "spread letters": [["填 报 单 位", "陇西县"], ["报 告 期", "2024年3月"]],
    "aliases": [["报送单位", "陇西县"], ["期别", "2024年3月"]],
    "with a unit of money": [["单位：万元"], ["填报单位", "陇西县"], ["报告期", "2024年3月"]],
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layouts_of_the_cover(tmp_path: Path, layout: list[list[Any]]) -> None:
    reading = read_workbook(save(tmp_path / "a.xlsx", cover=layout))
    assert (reading.unit_code, reading.report_month) == ("621122", MARCH)


def test_values_of_the_cover(tmp_path: Path) -> None:
    form = [*cover(), ["填报人", "张三", "审核人", "李四"], ["填报日期", "2024.4.2"]]
    sheet = read(tmp_path, cover=form).sheets["cover"]
    assert len(sheet.rows) == 1
    assert values(sheet, "filler_name") == ["张三"]
    assert values(sheet, "reviewer_name") == ["李四"]
    assert values(sheet, "approver_name") == [None]
    assert values(sheet, "report_period") == [MARCH]
    assert values(sheet, "filled_date") == [(date(2024, 4, 2), date(2024, 4, 3))]
    assert {column.name: column.letter for column in sheet.columns} == {
        "reporting_unit": "B1",
        "report_period": "B2",
        "filler_name": "B3",
        "reviewer_name": "D3",
        "filled_date": "B4",
    }


def test_an_empty_label_does_not_take_its_neighbour(tmp_path: Path) -> None:
    sheet = read(tmp_path, cover=[*cover(), ["填报人", None, "审核人", "李四"]]).sheets["cover"]
    assert values(sheet, "filler_name") == [None]
    assert values(sheet, "reviewer_name") == ["李四"]


def test_the_date_on_the_cover_cannot_be_read(tmp_path: Path) -> None:
    reading = read(tmp_path, cover=[*cover(), ["填报日期", "四月初"]])
    (issue,) = issues(reading, IssueKind.DATE_UNREADABLE)
    assert (issue.sheet, issue.cell, issue.value) == ("cover", "B3", "四月初")


def test_the_file_name_tells_another_month(tmp_path: Path) -> None:
    reading = read_workbook(save(tmp_path / NAME), "陇西县2024年2月重大项目月报.xlsx")
    assert reading.report_month == MARCH
    (issue,) = issues(reading, IssueKind.COVER_CONTRADICTION)
    assert (issue.cell, issue.value) == ("B3", "2024-02")
    assert "文件名" in issue.message_zh
    assert "the file name" in issue.message_en


def test_the_file_name_tells_another_unit(tmp_path: Path) -> None:
    reading = read_workbook(save(tmp_path / NAME), "渭源县2024年3月重大项目月报.xlsx")
    assert reading.unit_code == "621122"
    (issue,) = issues(reading, IssueKind.COVER_CONTRADICTION)
    assert (issue.column_name, issue.value) == ("reporting_unit", "渭源县")


def test_a_title_tells_another_month(tmp_path: Path) -> None:
    progress = [["陇西县2024年2月重大项目进展表"], *table()]
    (issue,) = issues(read(tmp_path, progress), IssueKind.COVER_CONTRADICTION)
    assert issue.value == "2024-02"
    assert "标题" in issue.message_zh


def test_titles_that_agree_are_no_contradiction(tmp_path: Path) -> None:
    progress = [["陇西县2024年1-3月重大项目进展表"], *table()]
    assert not issues(read(tmp_path, progress), IssueKind.COVER_CONTRADICTION)


def test_what_the_cover_lacks_comes_from_the_file_name(tmp_path: Path) -> None:
    reading = read_workbook(save(tmp_path / NAME, cover=[["填报人", "张三"]]))
    assert (reading.unit_code, reading.report_month) == ("621122", MARCH)
    assert {issue.column_name for issue in issues(reading, IssueKind.COVER_CONTRADICTION)} == {
        "reporting_unit",
        "report_period",
    }
    assert {issue.column_name for issue in issues(reading, IssueKind.HEADER_MISSING)} == {
        "reporting_unit",
        "report_period",
    }


def test_a_missing_cover_is_an_issue_when_the_file_name_tells_all(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    workbook = openpyxl.load_workbook(path)
    workbook.remove(workbook["封面"])
    workbook.save(path)
    reading = read_workbook(path)
    assert (reading.unit_code, reading.report_month) == ("621122", MARCH)
    assert [issue.sheet for issue in issues(reading, IssueKind.SHEET_MISSING)] == ["cover"]
    assert "cover" not in reading.sheets


def test_the_month_stands_in_the_title_of_the_cover_only(tmp_path: Path) -> None:
    fields = [["填报单位", "陇西县"], ["填报日期", "2024年4月5日"]]
    layout = [["甘肃省重点项目"], ["陇西县2024年3月重大项目月报"], [], *fields]
    reading = read_workbook(save(tmp_path / "月报.xlsx", cover=layout))
    assert reading.report_month == MARCH
    (issue,) = issues(reading, IssueKind.COVER_CONTRADICTION)
    assert "2024-03" in issue.message_zh


def test_the_title_of_the_cover_is_last_months(tmp_path: Path) -> None:
    reading = read(tmp_path, cover=[["陇西县2024年2月重大项目月报"], *cover()])
    (issue,) = issues(reading, IssueKind.COVER_CONTRADICTION)
    assert (issue.cell, issue.value) == ("B3", "2024-02")


@pytest.mark.parametrize("month", ["3月", "三月份", " ３ 月 "])
def test_a_month_without_its_year_is_the_one_of_the_file_name(tmp_path: Path, month: str) -> None:
    reading = read(tmp_path, cover=cover(month=month))
    assert reading.report_month == MARCH
    (issue,) = issues(reading, IssueKind.COVER_CONTRADICTION)
    assert "2024-03" in issue.message_zh


@pytest.mark.parametrize("name", ["月报.xlsx", "陇西县2024年2月月报.xlsx"])
def test_a_month_without_its_year_that_nothing_else_tells(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_workbook(save(tmp_path / name, cover=cover(month="3月")))
    assert refused.value.code == "month_invalid"

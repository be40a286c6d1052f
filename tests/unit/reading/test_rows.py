"""Which rows are projects, and what the others are: totals with their claims, bands, notes, headers, empty lines."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from taizhang.reading.result import SheetReading
from taizhang.reading.workbook import read_workbook
from tests.unit.reading.books import DETAIL, HEADER, NAME, UNIT_LINE, merging, read, read_progress, save, table

A, B = DETAIL
C: list[Any] = [3, "城区供水管网改造工程", 700, 300, 20, 90, "是"]
D: list[Any] = [4, "老旧小区改造工程", 900, 400, 30, 100, "是"]


def total(label: str, amount: float = 1, place: int = 1) -> list[Any]:
    """A row with sums, labelled in the first or second column."""
    row: list[Any] = [None, None, amount, amount, amount, amount, None]
    row[place] = label
    return row


def band(label: str, place: int = 0) -> list[Any]:
    """A row with nothing but a heading."""
    return [label] if place == 0 else [None, label]


def details(sheet: SheetReading) -> list[int]:
    return list(sheet.rows["row_number"])


def claims(sheet: SheetReading) -> dict[int, tuple[str, tuple[int, ...]]]:
    """Kind and detail rows of each totals row."""
    return {entry.row_number: (entry.kind, entry.detail_rows) for entry in sheet.totals}


def reasons(sheet: SheetReading) -> dict[int, str]:
    return {row.row_number: row.reason for row in sheet.skipped}


@pytest.mark.parametrize(
    "label", ["合计", "合 计", "总计", "合计：", "合计（2个）", "全县合计", "共计", "总  计", "本级合计"]
)
@pytest.mark.parametrize("place", [0, 1])
def test_grand_total(tmp_path: Path, label: str, place: int) -> None:
    sheet = read_progress(tmp_path, table(A, B, total(label, 20000.5, place)))
    assert details(sheet) == [3, 4]
    assert reasons(sheet) == {5: "total"}
    assert claims(sheet) == {5: ("total", (3, 4))}
    assert {(entry.column_name, entry.value) for entry in sheet.totals} == {
        ("total_investment_wan", Decimal("20000.5")),
        ("annual_plan_wan", Decimal("20000.5")),
        ("month_completed_wan", Decimal("20000.5")),
        ("ytd_completed_wan", Decimal("20000.5")),
    }


@pytest.mark.parametrize("position", [0, 1, 2], ids=["top", "middle", "bottom"])
def test_a_total_anywhere(tmp_path: Path, position: int) -> None:
    rows = [A, B]
    rows.insert(position, total("合计"))
    sheet = read_progress(tmp_path, table(*rows))
    assert len(details(sheet)) == 2
    assert claims(sheet) == {3 + position: ("total", tuple(details(sheet)))}


def test_a_merged_total_label(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(total("合计", place=0), A, B), change=merging("A3:B3"))
    assert claims(sheet) == {3: ("total", (4, 5))}


def test_a_total_is_no_project_even_when_a_count_stands_for_its_name(tmp_path: Path) -> None:
    row = total("合计", place=0)
    row[1] = "2个"
    assert claims(read_progress(tmp_path, table(A, B, row))) == {5: ("total", (3, 4))}


def test_bands_and_subtotals_below(tmp_path: Path) -> None:
    rows = [band("一、续建项目"), A, B, total("小计"), band("二、新建项目"), C, total("小计"), total("合计")]
    sheet = read_progress(tmp_path, table(*rows))
    assert details(sheet) == [4, 5, 8]
    assert claims(sheet) == {6: ("subtotal", (4, 5)), 9: ("subtotal", (8,)), 10: ("total", (4, 5, 8))}
    assert reasons(sheet) == {3: "band", 6: "subtotal", 7: "band", 9: "subtotal", 10: "total"}


def test_bands_with_subtotals_above_their_rows(tmp_path: Path) -> None:
    rows = [total("合计"), band("一、续建项目"), total("小计"), A, B, band("二、新建项目"), total("小计"), C]
    assert claims(read_progress(tmp_path, table(*rows))) == {
        3: ("total", (6, 7, 10)),
        5: ("subtotal", (6, 7)),
        9: ("subtotal", (10,)),
    }


def test_bands_that_carry_their_own_sums(tmp_path: Path) -> None:
    rows = [total("一、续建项目（2个）"), A, B, total("二、新建项目（1个）"), C]
    assert claims(read_progress(tmp_path, table(*rows))) == {3: ("subtotal", (4, 5)), 6: ("subtotal", (7,))}


def test_a_band_whose_number_stands_in_the_first_column(tmp_path: Path) -> None:
    rows = [["一", "续建项目", 1, 1, 1, 1], A, B, ["二", "新建项目", 1, 1, 1, 1], C]
    assert claims(read_progress(tmp_path, table(*rows))) == {3: ("subtotal", (4, 5)), 6: ("subtotal", (7,))}


def test_bands_within_bands(tmp_path: Path) -> None:
    rows = [
        band("一、续建项目"), band("（一）工业"), A, total("小计"), band("（二）农业"), B, total("小计"),
        total("续建项目小计"), band("二、新建项目"), C, total("新建项目小计"), total("总计"),
    ]  # fmt: skip
    assert claims(read_progress(tmp_path, table(*rows))) == {
        6: ("subtotal", (5,)),
        9: ("subtotal", (8,)),
        10: ("subtotal", (5, 8)),
        13: ("subtotal", (12,)),
        14: ("total", (5, 8, 12)),
    }


def test_an_unnamed_second_subtotal_is_of_the_outer_band(tmp_path: Path) -> None:
    rows = [band("一、续建项目"), band("（一）工业"), A, B, total("小计"), total("小计")]
    assert claims(read_progress(tmp_path, table(*rows))) == {7: ("subtotal", (5, 6)), 8: ("subtotal", (5, 6))}


def test_totals_of_bands_below_a_grand_total(tmp_path: Path) -> None:
    rows = [total("总计"), band("一、续建项目"), A, B, total("合计"), band("二、新建项目"), C, total("合计")]
    assert claims(read_progress(tmp_path, table(*rows))) == {
        3: ("total", (5, 6, 9)),
        7: ("subtotal", (5, 6)),
        10: ("subtotal", (9,)),
    }


def test_subtotals_without_bands(tmp_path: Path) -> None:
    rows = [A, B, total("本页小计"), C, D, total("本页小计"), total("合计")]
    assert claims(read_progress(tmp_path, table(*rows))) == {
        5: ("subtotal", (3, 4)),
        8: ("subtotal", (6, 7)),
        9: ("total", (3, 4, 6, 7)),
    }


@pytest.mark.parametrize(
    ("label", "rows"),
    [("其中：新建", (4,)), ("其中:续建项目", (3, 5)), ("其中：用地未批", None), ("其中：工业", ())],
)
def test_of_which_rows_claim_their_class_where_one_is_named(
    tmp_path: Path, label: str, rows: tuple[int, ...] | None
) -> None:
    listed = [[*A, "续建"], [*B, "新建"], [*C, "续建"], [*total(label), None]]
    sheet = read_progress(tmp_path, table(*listed, header=[*HEADER, "建设性质"]))
    assert reasons(sheet) == {6: "of_which"}
    assert claims(sheet) == {6: ("of_which", rows or ())}


def test_sums_by_class_above_the_projects_are_no_bands(tmp_path: Path) -> None:
    rows = [total("合计"), total("其中：新建"), total("续建项目"), [*A, "续建"], [*B, "新建"], [*C, "续建"]]
    sheet = read_progress(tmp_path, table(*rows, header=[*HEADER, "建设性质"]))
    assert claims(sheet) == {3: ("total", (6, 7, 8)), 4: ("of_which", (7,)), 5: ("of_which", (6, 8))}


def test_sums_by_class_without_the_word_of_which(tmp_path: Path) -> None:
    rows = [total("新建"), total("续建"), [*A, "续建"], [*B, "新建"]]
    sheet = read_progress(tmp_path, table(*rows, header=[*HEADER, "建设性质"]))
    assert claims(sheet) == {3: ("of_which", (6,)), 4: ("of_which", (5,))}


def test_a_total_does_not_claim_hidden_rows(tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[4].hidden = True

    sheet = read_progress(tmp_path, table(A, B, C, total("合计")), change=hide)
    assert claims(sheet) == {6: ("total", (3, 5))}


def test_totals_are_converted_like_their_column(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(A, total("合计", 1.5), above=["单位：亿元"]))
    assert {entry.value for entry in sheet.totals} == {15000}


NOTES = ["注：数据截至3月底", "说明：1.口径见附件", "填表人：张三    审核人：李四", "备注：", "联系电话：0932-6600000"]


@pytest.mark.parametrize("note", NOTES)
def test_notes_below_the_table(tmp_path: Path, note: str) -> None:
    sheet = read_progress(tmp_path, table(A, B, [note]))
    assert details(sheet) == [3, 4]
    assert reasons(sheet) == {5: "note"}


def test_a_long_remark_merged_below_the_table(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(A, B, ["本表由发改局汇总"]), change=merging("A5:G5"))
    assert reasons(sheet) == {5: "note"}


def test_a_header_repeated_on_the_next_page(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(A, HEADER, B))
    assert details(sheet) == [3, 5]
    assert reasons(sheet) == {4: "header"}


def test_a_row_of_column_numbers(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(["甲", "乙", 1, 2, 3, "4=2+3", 5], A, B))
    assert details(sheet) == [4, 5]
    assert reasons(sheet) == {3: "column_numbers"}


def test_numbered_lines_that_nobody_filled_in(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(A, B, [3], [4, None, 0, 0, 0, 0], [5, None, None, None, None, "—"]))
    assert details(sheet) == [3, 4]
    assert reasons(sheet) == {5: "empty", 6: "empty", 7: "empty"}


def test_blank_rows_are_not_mentioned(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(A, [None], [" "], B))
    assert details(sheet) == [3, 6]
    assert reasons(sheet) == {}


PROJECTS = [
    "第一中学迁建项目",
    "一水厂扩建工程",
    "会计中心大楼",
    "新建小学教学楼",
    "在建桥梁加固工程",
    "单位宿舍楼改造",
    "合江大桥",
]


@pytest.mark.parametrize("name", PROJECTS)
def test_projects_whose_names_look_like_something_else(tmp_path: Path, name: str) -> None:
    sheet = read_progress(tmp_path, table(A, [2, name, 10, 5, 1, 2, "是"], B))
    assert details(sheet) == [3, 4, 5]
    assert list(sheet.rows["project_name"])[1] == name


def test_projects_numbered_in_chinese(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(["一", *A[1:]], ["二", *B[1:]]))
    assert details(sheet) == [3, 4]


def test_a_project_of_which_only_the_name_is_given_is_not_dropped(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(A, [None, "渭河生态治理工程"], B))
    assert details(sheet) == [3, 4, 5]


def test_a_row_with_figures_and_no_name_is_not_dropped(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(A, [2, None, 10, 5, 1, 2, "是"], B))
    assert list(sheet.rows["project_name"]) == [A[1], None, B[1]]


SUMMARY = [
    [UNIT_LINE],
    ["分类方式", "类别", "项目个数", "总投资", "年度计划投资"],
    ["合计", "全部项目", 3, 600, 60],
    ["分清单", "市列", 2, 500, 50],
    [None, "市列重点", 1, 400, 40],
    [None, "合计", 3, 900, 90],
    ["分性质", "新建", 1, 100, 10],
    [None, "续建", 2, 500, 50],
    [None, "小计", 3, 600, 60],
]


def test_a_breakdown_table(tmp_path: Path) -> None:
    sheet = read(tmp_path, summary=SUMMARY).sheets["summary"]
    assert list(sheet.rows["breakdown_name"]) == ["total", "list", "list", "nature", "nature"]
    assert list(sheet.rows["item_name"]) == ["全部项目", "市列", "市列重点", "新建", "续建"]
    assert list(sheet.rows["project_count"]) == [3, 2, 1, 1, 2]


def test_lists_overlap_and_are_never_added(tmp_path: Path) -> None:
    sheet = read(tmp_path, summary=SUMMARY).sheets["summary"]
    assert reasons(sheet) == {6: "total", 9: "subtotal"}
    assert claims(sheet) == {9: ("subtotal", (7, 8))}


def test_a_breakdown_total_without_a_class_name(tmp_path: Path) -> None:
    summary = [*SUMMARY[:2], ["合计", None, 3, 600, 60], ["分性质", "新建", 3, 600, 60]]
    path = save(tmp_path / NAME, summary=summary)
    sheet = read_workbook(path).sheets["summary"]
    assert list(sheet.rows["item_name"]) == ["合计", "新建"]
    assert sheet.totals == []


def test_merged_breakdowns(tmp_path: Path) -> None:
    path = save(tmp_path / NAME, summary=SUMMARY)
    workbook = openpyxl.load_workbook(path)
    workbook["汇总"].merge_cells("A4:A6")
    workbook["汇总"].merge_cells("A7:A9")
    workbook.save(path)
    sheet = read_workbook(path).sheets["summary"]
    assert list(sheet.rows["breakdown_name"]) == ["total", "list", "list", "nature", "nature"]
    assert claims(sheet) == {9: ("subtotal", (7, 8))}

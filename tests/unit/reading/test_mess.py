"""A named test per kind of mess in the progress sheet."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taizhang.reading.result import IssueKind, ReadColumn, SheetReading
from tests.unit.reading.books import (
    DETAIL,
    HEADER,
    issues,
    merging,
    read,
    read_progress,
    replaced,
    table,
    values,
    with_column,
)

TOTAL, PLAN, MONTH, YTD = "total_investment_wan", "annual_plan_wan", "month_completed_wan", "ytd_completed_wan"


def column(sheet: SheetReading, name: str) -> ReadColumn:
    """Where a column stood."""
    return next(column for column in sheet.columns if column.name == name)


def test_plain_table(tmp_path: Path) -> None:
    reading = read(tmp_path)
    sheet = reading.sheets["project_progress"]
    assert reading.issues == []
    assert list(sheet.rows["row_number"]) == [3, 4]
    assert values(sheet, "project_name") == ["渭河大桥及连接线工程", "中药饮片智能化生产线"]
    assert values(sheet, TOTAL) == [Decimal("12000.5"), Decimal(8000)]
    assert values(sheet, "is_started") == [True, False]
    assert values(sheet, "funds_received_wan") == [None, None]
    assert sheet.header_rows == (2, 2)
    assert column(sheet, TOTAL).half_width == Decimal("0.05")


def test_title_rows_above_the_header(tmp_path: Path) -> None:
    progress = [["附件1"], ["陇西县2024年3月重大项目进展表"], *table()]
    sheet = read_progress(tmp_path, progress, change=merging("A2:G2"))
    assert sheet.header_rows == (4, 4)
    assert list(sheet.rows["row_number"]) == [5, 6]


def test_unit_line_in_yi(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, table(above=["单位：亿元"]))
    assert values(sheet, TOTAL)[1] == 80_000_000
    assert (column(sheet, TOTAL).unit, column(sheet, TOTAL).half_width) == ("亿元", Decimal(500))


def test_mixed_units_per_column(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "总投资（亿元）", "年度计划投资(元)", *HEADER[4:]]
    sheet = read_progress(tmp_path, table(header=header))
    assert values(sheet, TOTAL) == [Decimal(120_005_000), Decimal(80_000_000)]
    assert values(sheet, PLAN) == [Decimal("0.3"), Decimal("0.2")]
    assert values(sheet, MONTH) == [200, Decimal("100.5")]


def test_a_row_of_units_below_the_header(tmp_path: Path) -> None:
    progress = [HEADER, [None, None, "亿元", "万元", "万元", "万元"], *DETAIL]
    sheet = read_progress(tmp_path, progress)
    assert sheet.header_rows == (1, 2)
    assert [column(sheet, name).unit for name in (TOTAL, PLAN)] == ["亿元", "万元"]


def test_the_unit_in_a_note_below_the_table(tmp_path: Path) -> None:
    reading = read(tmp_path, [HEADER, *DETAIL, ["注：金额单位为万元"]])
    assert not issues(reading, IssueKind.UNIT_UNKNOWN)
    assert values(reading.sheets["project_progress"], TOTAL)[1] == 8000


def test_the_unit_on_the_cover(tmp_path: Path) -> None:
    cover = [["填报单位", "陇西县"], ["报告期", "2024年3月"], ["金额单位：万元"]]
    assert values(read_progress(tmp_path, [HEADER, *DETAIL], cover=cover), TOTAL)[1] == 8000


@pytest.mark.parametrize("above", ["报送口径：县级", "单位：万美元", "单位：亿元、万元"])
def test_a_unit_that_is_not_known_is_not_guessed(tmp_path: Path, above: str) -> None:
    reading = read(tmp_path, table(above=[above]))
    sheet = reading.sheets["project_progress"]
    assert values(sheet, TOTAL) == [None, None]
    assert column(sheet, TOTAL).unit is None
    assert column(sheet, TOTAL).half_width is None
    found = [issue for issue in issues(reading, IssueKind.UNIT_UNKNOWN) if issue.sheet == "project_progress"]
    assert [issue.cell for issue in found] == ["C2", "D2", "E2", "F2"]


def test_a_header_in_a_foreign_currency_overrides_the_unit_line(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "总投资（万美元）", *HEADER[3:]]
    reading = read(tmp_path, table(header=header))
    assert values(reading.sheets["project_progress"], TOTAL) == [None, None]
    assert [issue.column_name for issue in issues(reading, IssueKind.UNIT_UNKNOWN)] == [TOTAL]


@pytest.mark.parametrize(
    ("unit_line", "cells", "half_width"),
    [
        ("单位：万元", ("约12", "约12.5"), "0.05"),
        ("单位：万元", ("1.2亿元", "0.9亿元"), "500"),
        ("单位：亿元", ("1.25亿元", "约3"), "50"),
        ("2024年3月", ("1.2亿元", "8000万元"), "500"),
        ("2024年3月", ("5000元", "70000元"), "0.00005"),
    ],
)
def test_cells_with_units_of_their_own_still_have_a_precision(
    tmp_path: Path, unit_line: str, cells: tuple[str, str], half_width: str
):
    rows = [[number, f"项目{number}", cell, 1, 1, 1, "是"] for number, cell in enumerate(cells, start=1)]
    sheet = read_progress(tmp_path, table(*rows, above=[unit_line]))
    assert column(sheet, TOTAL).half_width == Decimal(half_width)


def test_cells_with_units_are_kept_where_the_column_has_none(tmp_path: Path) -> None:
    progress = table([1, "渭河大桥", "1.2亿元", "300万", 1, 2, "是"], above=["x"])
    sheet = read_progress(tmp_path, progress)
    assert values(sheet, TOTAL) == [12000]
    assert values(sheet, PLAN) == [300]
    assert values(sheet, MONTH) == [None]


def test_a_cell_with_a_unit_of_its_own(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(2, "1.2亿元", "8000万元"))
    sheet = reading.sheets["project_progress"]
    assert values(sheet, TOTAL) == [12000, 8000]
    (issue,) = issues(reading, IssueKind.NUMBER_APPROXIMATE)
    assert (issue.cell, issue.value) == ("C3", "1.2亿元")
    assert "折合 12000万元" in issue.message_zh
    assert column(sheet, TOTAL).decimals == 0


def test_a_cell_with_a_unit_that_is_too_large_is_noted_once(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(2, "99999999999万亿元", 8000))
    assert values(reading.sheets["project_progress"], TOTAL) == [None, 8000]
    (issue,) = [issue for issue in reading.issues if issue.cell == "C3"]
    assert "None" not in issue.message_zh


def test_a_cell_with_a_unit_that_does_not_fit(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(2, "85%", 8000))
    assert values(reading.sheets["project_progress"], TOTAL) == [None, 8000]
    assert [issue.cell for issue in issues(reading, IssueKind.NUMBER_UNREADABLE)] == ["C3"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("１２０００．５", "12000.5"),
        ("12,000.5", "12000.5"),
        ("12，000.5", "12000.5"),
        ("12000.50", "12000.50"),
        ("(5)", "-5"),
    ],
)
def test_numbers_as_text(tmp_path: Path, cell: str, value: str) -> None:
    reading = read(tmp_path, replaced(2, cell, 8000))
    assert values(reading.sheets["project_progress"], TOTAL)[0] == Decimal(value)
    assert reading.issues == []


@pytest.mark.parametrize("mark", ["—", "/", "无", "-", "", None])
def test_marks_for_none_are_empty_and_zero_is_zero(tmp_path: Path, mark: str | None) -> None:
    reading = read(tmp_path, replaced(4, mark, 0))
    assert values(reading.sheets["project_progress"], MONTH) == [None, 0]
    assert reading.issues == []


def test_an_approximate_number_is_named(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(4, "约200", 100))
    assert values(reading.sheets["project_progress"], MONTH) == [200, 100]
    (issue,) = issues(reading, IssueKind.NUMBER_APPROXIMATE)
    assert (issue.cell, issue.value, issue.row_number, issue.column_name) == ("E3", "约200", 3, MONTH)
    assert "约200" in issue.message_zh


@pytest.mark.parametrize("cell", ["待定", "10-12", True, date(2024, 3, 1), "1e400"])
def test_what_is_no_number_is_named_and_empty(tmp_path: Path, cell: object) -> None:
    reading = read(tmp_path, replaced(4, cell, 100))
    assert values(reading.sheets["project_progress"], MONTH) == [None, 100]
    assert [issue.cell for issue in issues(reading, IssueKind.NUMBER_UNREADABLE)] == ["E3"]


def test_a_number_beyond_the_column_is_named(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(4, 1e15, 100))
    assert values(reading.sheets["project_progress"], MONTH) == [None, 100]
    assert len(issues(reading, IssueKind.NUMBER_UNREADABLE)) == 1


def test_computed_floats_do_not_set_the_decimals(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, replaced(4, 200 / 3, 100.5))
    assert column(sheet, MONTH).decimals == 1
    assert values(sheet, MONTH)[0] == Decimal("66.666667")


def test_only_computed_floats_count_as_six_decimals(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, replaced(4, 200 / 3, 100 / 7))
    assert column(sheet, MONTH).decimals == 6


def test_binary_noise_is_no_decimal(tmp_path: Path) -> None:
    sheet = read_progress(tmp_path, replaced(4, 0.1 + 0.2, 1.1 * 3))
    assert values(sheet, MONTH) == [Decimal("0.3"), Decimal("3.3")]
    assert column(sheet, MONTH).decimals == 1


def test_an_error_value_is_named_and_never_zero(tmp_path: Path) -> None:
    def spoil(sheet: Any) -> None:
        sheet["E3"] = "#REF!"
        sheet["E3"].data_type = "e"

    reading = read(tmp_path, change=spoil)
    assert values(reading.sheets["project_progress"], MONTH) == [None, Decimal("100.5")]
    assert [(i.cell, i.value) for i in issues(reading, IssueKind.ERROR_CELL)] == [("E3", "#REF!")]


def test_an_error_value_pasted_as_text(tmp_path: Path) -> None:
    def paste(sheet: Any) -> None:
        sheet["E3"] = "#DIV/0!"
        sheet["E3"].data_type = "s"

    reading = read(tmp_path, change=paste)
    assert [issue.value for issue in issues(reading, IssueKind.ERROR_CELL)] == ["#DIV/0!"]


def test_a_formula_without_a_value_is_named_and_never_zero(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(4, "=D3/15", 100))
    assert values(reading.sheets["project_progress"], MONTH) == [None, 100]
    assert [issue.cell for issue in issues(reading, IssueKind.FORMULA_WITHOUT_VALUE)] == ["E3"]


def test_a_row_of_nothing_but_formulas_without_values_is_a_row(tmp_path: Path) -> None:
    reading = read(tmp_path, table(*DETAIL, [None, "=B3", "=C3", "=D3", "=E3", "=F3", "=G3"]))
    assert len(reading.sheets["project_progress"].rows) == 3
    assert len(issues(reading, IssueKind.FORMULA_WITHOUT_VALUE)) == 6


def test_own_columns_are_kept(tmp_path: Path) -> None:
    reading = read(tmp_path, with_column("入库纳统情况", "已入库", None))
    sheet = reading.sheets["project_progress"]
    assert values(sheet, "extras") == [{"入库纳统情况": "已入库"}, None]
    assert [(i.cell, i.value) for i in issues(reading, IssueKind.EXTRA_COLUMN)] == [("H2", "入库纳统情况")]
    assert sheet.columns[-1] == ReadColumn("H", "入库纳统情况", None)


def test_two_own_columns_of_one_name_and_one_without(tmp_path: Path) -> None:
    rows = [[*row, "a", "b", "c"] for row in DETAIL]
    sheet = read_progress(tmp_path, table(*rows, header=[*HEADER, "联系人", "联系人"]))
    assert values(sheet, "extras")[0] == {"联系人": "a", "联系人(I)": "b", "(J)": "c"}


def test_blank_means_same_as_above_only_where_the_dictionary_says_so(tmp_path: Path) -> None:
    header = [*HEADER, "建设地点", "形象进度"]
    rows = [[*DETAIL[0], "城关镇", "主体施工"], [*DETAIL[1], None, None]]
    sheet = read_progress(tmp_path, table(*rows, header=header))
    assert values(sheet, "project_location") == ["城关镇", "城关镇"]
    assert values(sheet, "physical_progress") == ["主体施工", None]


@pytest.mark.parametrize("mark", ["同上", "〃", "″", '"'])
def test_ditto_marks(tmp_path: Path, mark: str) -> None:
    assert values(read_progress(tmp_path, with_column("形象进度", "主体施工", mark)), "physical_progress") == [
        "主体施工",
        "主体施工",
    ]


def test_merged_texts_hold_for_every_row(tmp_path: Path) -> None:
    progress = with_column("形象进度", "主体施工", None)
    sheet = read_progress(tmp_path, progress, change=merging("H3:H4"))
    assert values(sheet, "physical_progress") == ["主体施工", "主体施工"]


def test_a_merged_figure_is_not_multiplied(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(2, 20000, None), change=merging("C3:C4"))
    assert values(reading.sheets["project_progress"], TOTAL) == [20000, None]
    assert [issue.cell for issue in issues(reading, IssueKind.NUMBER_UNREADABLE)] == ["C4"]


def test_merged_cells_beyond_the_table_are_harmless(tmp_path: Path) -> None:
    reading = read(tmp_path, change=merging("A9:G12", "J1:K2"))
    assert len(reading.sheets["project_progress"].rows) == 2
    assert reading.issues == []


def test_hidden_rows_are_not_counted_but_named(tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[4].hidden = True

    reading = read(tmp_path, change=hide)
    sheet = reading.sheets["project_progress"]
    assert list(sheet.rows["row_number"]) == [3]
    assert [(row.row_number, row.reason) for row in sheet.skipped] == [(4, "hidden")]
    assert [issue.row_number for issue in issues(reading, IssueKind.HIDDEN_ROW)] == [4]


def test_hidden_columns_are_read_and_named(tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.column_dimensions["E"].hidden = True

    reading = read(tmp_path, change=hide)
    assert values(reading.sheets["project_progress"], MONTH)[0] == 200
    assert [issue.column_name for issue in issues(reading, IssueKind.HIDDEN_COLUMN)] == [MONTH]


DATES = [
    ("2024.3.5", (date(2024, 3, 5), date(2024, 3, 6))),
    (2024.3, (date(2024, 3, 1), date(2024, 4, 1))),
    ("二〇二四年三月", (date(2024, 3, 1), date(2024, 4, 1))),
    (45356, (date(2024, 3, 5), date(2024, 3, 6))),
    (date(2024, 3, 5), (date(2024, 3, 5), date(2024, 3, 6))),
    ("—", None),
]


@pytest.mark.parametrize(("cell", "span"), DATES, ids=[str(case[0]) for case in DATES])
def test_dates(tmp_path: Path, cell: object, span: tuple[date, date] | None) -> None:
    assert values(read_progress(tmp_path, with_column("开工日期", cell, None)), "start_date") == [span, None]


def test_a_date_that_shows_only_its_month_is_the_month(tmp_path: Path) -> None:
    def show_month(sheet: Any) -> None:
        sheet["H3"].number_format = 'yyyy"年"m"月"'

    progress = with_column("开工日期", date(2024, 3, 1), date(2024, 3, 1))
    sheet = read_progress(tmp_path, progress, change=show_month)
    first = date(2024, 3, 1)
    assert values(sheet, "start_date") == [(first, date(2024, 4, 1)), (first, date(2024, 3, 2))]


def test_a_text_that_is_no_date(tmp_path: Path) -> None:
    reading = read(tmp_path, with_column("开工日期", "预计年底", None))
    assert values(reading.sheets["project_progress"], "start_date") == [None, None]
    assert [(i.cell, i.value) for i in issues(reading, IssueKind.DATE_UNREADABLE)] == [("H3", "预计年底")]


def test_lists_and_their_aliases(tmp_path: Path) -> None:
    reading = read(tmp_path, with_column("所属清单", "省列重点项目、市列", "市列；没有的清单"))
    assert values(reading.sheets["project_progress"], "project_lists") == [
        ["city_listed", "province_key"],
        ["city_listed"],
    ]
    assert [(i.cell, i.value) for i in issues(reading, IssueKind.CHOICE_UNKNOWN)] == [("H4", "没有的清单")]


def test_a_choice_that_the_list_does_not_know(tmp_path: Path) -> None:
    reading = read(tmp_path, with_column("行业", " 工 业 ", "航天"))
    assert values(reading.sheets["project_progress"], "industry_class") == ["industry", None]
    assert [issue.cell for issue in issues(reading, IssueKind.CHOICE_UNKNOWN)] == ["H4"]


@pytest.mark.parametrize(
    ("cell", "flag"),
    [
        ("是", True),
        ("√", True),
        ("已开工", True),
        ("Y", True),
        (1, True),
        (True, True),
        ("TRUE", True),
        ("否", False),
        ("未开工", False),
        ("待开工", False),
        ("×", False),
        (0, False),
        (False, False),
        ("—", None),
        (None, None),
    ],
)
def test_flags(tmp_path: Path, cell: object, flag: bool | None) -> None:
    assert values(read_progress(tmp_path, replaced(6, cell, "否")), "is_started") == [flag, False]


def test_a_flag_that_is_neither(tmp_path: Path) -> None:
    reading = read(tmp_path, replaced(6, "或许", "否"))
    assert [issue.cell for issue in issues(reading, IssueKind.FLAG_UNREADABLE)] == ["G3"]

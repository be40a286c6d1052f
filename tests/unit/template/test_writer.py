from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from taizhang.codelists import code_list
from taizhang.dictionary import sheet
from taizhang.template import TableLayout, UnknownUnitError, write_template, write_workbook

MONTH = date(2024, 3, 1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    projects = pd.DataFrame(
        {"project_name": ["甲项目", "乙项目"], "total_investment_wan": [Decimal("7000.5"), Decimal(80)]}, dtype=object
    )
    write_template(path, "621122", MONTH, {"project_progress": projects})
    return openpyxl.load_workbook(path)


def _progress(template: openpyxl.Workbook) -> Worksheet:
    return template["项目进展"]


def _rules(worksheet: Worksheet, name: str) -> object:
    place = TableLayout(sheet("project_progress")).index(name) + 1
    cell = worksheet.cell(5, place).coordinate
    return next(rule for rule in worksheet.data_validations.dataValidation if cell in rule.sqref)


def _letters(columns: int) -> list[str]:
    return [get_column_letter(column) for column in range(1, columns + 1)]


def test_cover_names_unit_and_month(template: openpyxl.Workbook) -> None:
    rows = {row[0].value: row[1].value for row in template["封面"].iter_rows(max_col=2)}
    assert rows["填报单位"] == "陇西县"
    assert rows["报告期"] == "2024年3月"


def test_last_months_projects_stand_below_the_header(template: openpyxl.Workbook) -> None:
    layout = TableLayout(sheet("project_progress"))
    names = [_progress(template).cell(row, layout.index("project_name") + 1).value for row in (5, 6, 7)]
    assert names == ["甲项目", "乙项目", None]
    assert _progress(template).cell(5, layout.index("total_investment_wan") + 1).value == 7000.5


def test_header_is_frozen_and_printed_on_each_page(template: openpyxl.Workbook) -> None:
    worksheet = _progress(template)
    assert worksheet.freeze_panes == "C5"
    assert worksheet.print_title_rows == "$1:$4"
    assert worksheet.print_title_cols == "$A:$B"
    assert worksheet.page_setup.orientation == "landscape"
    assert worksheet.page_setup.fitToHeight == 0


@pytest.mark.parametrize("title", ["项目进展", "汇总"])
def test_the_title_stands_in_the_middle_of_the_first_page(template: openpyxl.Workbook, title: str) -> None:
    worksheet = template[title]
    merged = next(cells for cells in worksheet.merged_cells.ranges if cells.min_row == 1)
    widths = [worksheet.column_dimensions[letter].width for letter in _letters(merged.max_col)]
    assert worksheet["A1"].value == f"陇西县2024年3月重大项目月报——{title}"
    assert sum(widths) < 250
    assert merged.max_col == worksheet.max_column or sum(widths) > 200
    assert worksheet.oddFooter.left.text == "陇西县2024年3月重大项目月报"


def test_no_header_breaks_inside_its_unit(template: openpyxl.Workbook) -> None:
    worksheet = template["汇总"]
    assert worksheet.cell(3, TableLayout(sheet("summary")).index("not_started_count") + 1).value == "未开工个数\n(个)"


def test_funds_are_grouped_under_of_which(template: openpyxl.Workbook) -> None:
    layout = TableLayout(sheet("project_progress"))
    first, last = layout.index("funds_central_wan") + 1, layout.index("funds_own_wan") + 1
    worksheet = _progress(template)
    assert worksheet.cell(3, first).value == "其中"
    merged = {str(cells) for cells in worksheet.merged_cells.ranges}
    assert f"{worksheet.cell(3, first).coordinate}:{worksheet.cell(3, last).coordinate}" in merged


def test_choices_come_from_the_code_lists(template: openpyxl.Workbook) -> None:
    rule = _rules(_progress(template), "industry_class")
    assert rule.type == "list"
    target = rule.formula1.split("!")[1].replace("$", "")
    labels = [cell.value for (cell,) in template["_taizhang"][target]]
    assert labels == code_list("industry_class").labels


def test_several_lists_may_be_written(template: openpyxl.Workbook) -> None:
    rule = _rules(_progress(template), "project_lists")
    assert rule.type == "list"
    assert not rule.showErrorMessage
    assert "、" in rule.prompt


@pytest.mark.parametrize(
    ("column", "kind", "smallest"),
    [
        ("total_investment_wan", "decimal", "0"),
        ("month_completed_wan", "decimal", "-99999999999"),
        ("completion_rate_pct", "decimal", "0"),
        ("schedule_gap_pp", "decimal", "-1000"),
    ],
)
def test_numbers_have_limits(template: openpyxl.Workbook, column: str, kind: str, smallest: str) -> None:
    rule = _rules(_progress(template), column)
    assert (rule.type, rule.operator or "between", rule.formula1) == (kind, "between", smallest)


def test_rates_of_counts_and_shares_end_at_100(template: openpyxl.Workbook) -> None:
    rules = template["汇总"].data_validations.dataValidation
    limits = {rule.promptTitle: rule.formula2 for rule in rules if rule.type == "decimal"}
    assert [limits[label] for label in ("开工率", "个数占比", "占总投资比重")] == ["100"] * 3
    assert limits["占年度计划"] == "1000"


@pytest.mark.parametrize(("unit_code", "month"), [("999999", MONTH), ("621122", date(2019, 1, 1))])
def test_unknown_units_are_refused(tmp_path: Path, unit_code: str, month: date) -> None:
    with pytest.raises(UnknownUnitError, match=unit_code):
        write_template(tmp_path / "template.xlsx", unit_code, month)
    assert not (tmp_path / "template.xlsx").exists()


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    rows = pd.DataFrame({"project_name": ["甲项目"]})
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, "621122", MONTH, {"filler_name": "张三"}, {"project_progress": rows})
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_value_that_cannot_be_written_leaves_no_half_workbook(tmp_path: Path) -> None:
    projects = pd.DataFrame({"project_name": ["甲项目"], "total_investment_wan": [object()]}, dtype=object)
    with pytest.raises(ArithmeticError):
        write_template(tmp_path / "template.xlsx", "621122", MONTH, {"project_progress": projects})
    assert list(tmp_path.iterdir()) == []

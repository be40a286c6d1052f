"""Quantities: the unit stands in the row, and a unit in the cell is understood where it fits."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from taizhang.codelists import quantity_units
from taizhang.reading.numbers import UnreadableFigureError
from taizhang.reading.quantities import factor_between, read_quantity
from taizhang.reading.result import IssueKind, WorkbookReading
from taizhang.reading.vocabulary import Unit
from tests.unit.reading.books import issues, read, values

TARGET = "target_quantity"

READ = [
    ("120", "120", None),
    ("120亩", "120", "mu"),
    ("１２０ 亩", "120", "mu"),
    ("2公顷", "2", "hectare"),
    ("12㎡", "12", "square_metre"),
    ("100亿元", "100", "yi_yuan"),
    ("100亿", "100", "yi_yuan"),
    ("一千亿元", "1000", "yi_yuan"),
    ("5千万元", "5000", "wan_yuan"),
    ("3亿5000万元", "35000", "wan_yuan"),
    ("40%", "40", "percent"),
    ("百分之四十", "40", "percent"),
    ("1078个", "1078", "item"),
    ("1078项", "1078", "item"),
    ("12次", "12", "time"),
]


@pytest.mark.parametrize(("text", "value", "unit"), READ, ids=[text for text, _, _ in READ])
def test_a_figure_with_its_unit(text: str, value: str, unit: str | None) -> None:
    found = read_quantity(text)
    assert found is not None
    assert (found.value, found.unit.unit if found.unit else None, found.approximate) == (Decimal(value), unit, False)


@pytest.mark.parametrize("text", ["约120亩", "120余亩", "120亩左右"])
def test_about_stays_about(text: str) -> None:
    found = read_quantity(text)
    assert found is not None
    assert found.unit is not None
    assert (found.value, found.unit.unit, found.approximate) == (120, "mu", True)


@pytest.mark.parametrize("text", ["很多", "12万亩", "亩", "3.2个百分点", "120亩地"])
def test_what_is_no_quantity_is_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableFigureError):
        read_quantity(text)


@given(st.sampled_from(sorted(quantity_units())), st.sampled_from(sorted(quantity_units())))
def test_units_of_one_kind_are_turned_into_each_other_and_no_others(one: str, other: str) -> None:
    there = factor_between(Unit(one, "quantity", Decimal(1)), other)
    back = factor_between(Unit(other, "quantity", Decimal(1)), one)
    same_kind = quantity_units()[one].base_unit == quantity_units()[other].base_unit
    assert (there is not None) == (back is not None) == same_kind
    if there is not None and back is not None:
        assert abs(there * back - 1) < Decimal("1e-20")


def read_targets(folder: Path, *rows: tuple[Any, ...], formats: dict[int, str] | None = None) -> WorkbookReading:
    """Read a workbook with a sheet 目标任务: indicator, unit, target, actual; `formats` by row of the sheet."""

    def add(worksheet: Worksheet) -> None:
        sheet = worksheet.parent.create_sheet("目标任务")
        for row in [["陇西县2024年"], ["目标指标", "计量单位", "目标值", "完成值"], *rows]:
            sheet.append(list(row))
        for number, shown in (formats or {}).items():
            sheet.cell(number, 3).number_format = shown

    return read(folder, change=add)


def targets(reading: WorkbookReading) -> list[Any]:
    return values(reading.sheets["targets"], TARGET)


def test_a_unit_in_the_cell_that_is_that_of_the_row_says_nothing_new(tmp_path: Path) -> None:
    reading = read_targets(
        tmp_path, ("谋划项目总投资", "亿元", "1000亿元", 500), ("储备项目个数", "个", "2156个", 1078)
    )
    assert targets(reading) == [1000, 2156]
    assert reading.issues == []


def test_a_unit_of_the_same_kind_is_converted_and_noted(tmp_path: Path) -> None:
    reading = read_targets(tmp_path, ("谋划项目总投资", "万元", "1000亿元", 500), ("储备项目个数", "个", 2156, 1078))
    assert targets(reading) == [10_000_000, 2156]
    assert "折合 10000000万元" in issues(reading, IssueKind.NUMBER_APPROXIMATE)[0].message_zh
    own = {cell.row_number: cell.half_width for cell in reading.sheets["targets"].precisions}
    assert own == {3: Decimal(5000)}


def test_a_unit_that_does_not_fit_is_noted_and_left_out(tmp_path: Path) -> None:
    reading = read_targets(tmp_path, ("储备项目个数", "个", "100亿元", 500), ("开工率", "%", "80个", 30))
    assert targets(reading) == [None, None]
    assert [issue.cell for issue in issues(reading, IssueKind.NUMBER_UNREADABLE)] == ["C3", "C4"]


def test_a_cell_that_excel_shows_as_percent(tmp_path: Path) -> None:
    rows = [("开工率", "%", 0.4, 0.3), ("储备项目个数", "个", 0.4, 1)]
    reading = read_targets(tmp_path, *rows, formats={3: "0%", 4: "0%"})
    assert targets(reading) == [40, None]
    assert [issue.cell for issue in issues(reading, IssueKind.NUMBER_UNREADABLE)] == ["C4"]


def test_each_figure_is_as_fine_as_its_own_digits(tmp_path: Path) -> None:
    reading = read_targets(tmp_path, ("开工率", "%", 92.25, 80), ("储备项目个数", "个", 2156, 1078))
    assert targets(reading) == [Decimal("92.25"), 2156]
    own = {cell.row_number: cell.half_width for cell in reading.sheets["targets"].precisions}
    assert own == {4: Decimal("0.5")}

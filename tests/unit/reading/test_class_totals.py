"""Sheets whose rows are classes: which rows are classes, and which of them each 合计 adds up."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taizhang.reading.result import IssueKind, SheetReading
from tests.unit.reading.books import issues, read, values

BATCHES, FUNDS = "三个一批", "资金与专项债"
HEADER = ["期次", "类别", "项目个数", "总投资"]
FUNDS_HEADER = ["资金渠道", "批次", "环节", "项目个数", "总投资（亿元）", "债券需求（亿元）"]


def batches(folder: Path, *rows: list[Any], merges: tuple[str, ...] = ()) -> SheetReading:
    book = read(folder, more={BATCHES: [["单位：亿元"], HEADER, *rows]}, merges={BATCHES: merges})
    assert not issues(book, IssueKind.CHOICE_UNKNOWN)
    return book.sheets["batches"]


def claims(sheet: SheetReading) -> list[tuple[int, str, tuple[int, ...]]]:
    """Row, kind and detail rows of each printed number of projects."""
    return [(t.row_number, t.kind, t.detail_rows) for t in sheet.totals if t.column_name == "project_count"]


def period(name: str | None, *more: list[Any]) -> list[list[Any]]:
    """Three rows of a period, its name in the first of them only, and what follows."""
    classes = [[name, "签约一批", 3, 43], [None, "开工一批", 12, 137.7], [None, "投产一批", 11, 193.8]]
    return [*classes, *more]


def test_a_class_that_also_heads_bands_of_projects_is_a_row(tmp_path: Path) -> None:
    sheet = batches(tmp_path, *period("第八期"), merges=("A3:A5",))
    assert values(sheet, "batch_class") == ["signed", "started", "production"]
    assert values(sheet, "batch_period") == ["8", "8", "8"]
    assert values(sheet, "total_investment_wan") == [Decimal(430_000), Decimal(1_377_000), Decimal(1_938_000)]
    assert claims(sheet) == []


@pytest.mark.parametrize("name", ["第八期", "八期", "第8期", "8", 8, "８期"])
def test_a_period_is_known_however_it_is_written(tmp_path: Path, name: Any) -> None:
    assert set(values(batches(tmp_path, *period(name)), "batch_period")) == {"8"}


@pytest.mark.parametrize(
    ("sums", "claimed"),
    [
        pytest.param([["合计", None, 52]], [(9, "total", (3, 4, 5, 6, 7, 8))], id="everything"),
        pytest.param([[None, "合计", 52]], [(9, "total", (3, 4, 5, 6, 7, 8))], id="everything below the classes"),
        pytest.param([["第七期", "合计", 26]], [(9, "subtotal", (3, 4, 5))], id="a period named beside"),
        pytest.param([["第七期小计", None, 26]], [(9, "subtotal", (3, 4, 5))], id="a period named within"),
        pytest.param([["第七期至第八期合计", None, 52]], [(9, "subtotal", (3, 4, 5, 6, 7, 8))], id="periods"),
        pytest.param([["第五期—第七期", "合计", 26]], [(9, "subtotal", (3, 4, 5))], id="periods beside"),
        pytest.param(
            [["合计", "签约一批", 6], ["合计", "投产", 22]],
            [(9, "subtotal", (3, 6)), (10, "subtotal", (5, 8))],
            id="classes",
        ),
        pytest.param([["签约一批合计", None, 6]], [(9, "subtotal", (3, 6))], id="a class named within"),
        pytest.param([["第九期", "合计", 5]], [(9, "subtotal", ())], id="a period without rows"),
        pytest.param([["往年合计", None, 99]], [], id="what is not known"),
    ],
)
def test_sums_below_the_table(
    tmp_path: Path, sums: list[list[Any]], claimed: list[tuple[int, str, tuple[int, ...]]]
) -> None:
    assert claims(batches(tmp_path, *period("第七期"), *period("第八期"), *sums)) == claimed


def test_sums_of_each_period_whose_name_stands_only_once(tmp_path: Path) -> None:
    rows = [*period("第七期", [None, "合计", 26]), *period("第八期", [None, "小计", 26]), [None, "合计", 52]]
    assert claims(batches(tmp_path, *rows)) == [
        (6, "subtotal", (3, 4, 5)),
        (10, "subtotal", (7, 8, 9)),
        (11, "total", (3, 4, 5, 7, 8, 9)),
    ]


def test_sums_within_merged_cells(tmp_path: Path) -> None:
    rows = [*period("第七期", [None, "合计", 26]), *period("第八期", [None, "合计", 26]), ["总计", None, 52]]
    assert claims(batches(tmp_path, *rows, merges=("A3:A6", "A7:A10", "A11:B11"))) == [
        (6, "subtotal", (3, 4, 5)),
        (10, "subtotal", (7, 8, 9)),
        (11, "total", (3, 4, 5, 7, 8, 9)),
    ]


def test_channels_and_cohorts_in_merged_cells(tmp_path: Path) -> None:
    rows = [
        ["专项债", "2024年", "上报", 61, 81.36, 47.48],
        [None, None, "省审", 50, 70, 40],
        [None, None, "发行", 30, 50, 30],
        ["中央预算内投资", "2024年", "申报", 61, 81.36, 47.48],
    ]
    sheet = read(tmp_path, more={FUNDS: [FUNDS_HEADER, *rows]}, merges={FUNDS: ("A2:A4", "B2:B4")})
    found = sheet.sheets["funds_and_bonds"]
    assert values(found, "fund_channel") == ["special_bond"] * 3 + ["central_budget"]
    assert values(found, "funnel_stage") == ["submitted", "provincial_review", "issued", "submitted"]
    assert values(found, "cohort") == ["2024年"] * 4
    assert values(found, "demand_wan")[0] == Decimal("474800")


def test_stages_count_what_has_gone_further_and_are_never_added_up(tmp_path: Path) -> None:
    rows = [
        ["专项债券", "2024年", "上报", 10],
        ["专项债券", "2024年", "发行", 4],
        ["国债", "2024年", "上报", 3],
        ["合计", None, "上报", 13],
        ["专项债券", "小计", None, 14],
        ["合计", None, None, 17],
    ]
    sheet = read(tmp_path, more={FUNDS: [FUNDS_HEADER, *rows]}).sheets["funds_and_bonds"]
    assert list(sheet.rows["row_number"]) == [2, 3, 4]
    assert claims(sheet) == [(5, "subtotal", (2, 4))]


def test_categories_that_overlap_are_rows_of_their_own_be_they_called_a_total_or_a_part(tmp_path: Path) -> None:
    rows = [["合计", 10], ["项目投资", 8], ["其中：工业投资", 5], ["房地产开发投资", 2]]
    table = [["单位：亿元"], ["投资类别", "本年累计投资额"], *rows]
    sheet = read(tmp_path, more={"固定资产投资": table}).sheets["fixed_asset_investment"]
    assert values(sheet, "fai_category") == ["total", "projects", "industry", "real_estate"]
    assert sheet.totals == []

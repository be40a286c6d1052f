"""Growth over the year before: figures and words become percent, below zero for a fall."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from taizhang.reading.growth import read_growth
from taizhang.reading.numbers import UnreadableFigureError
from taizhang.reading.result import IssueKind, SheetReading, WorkbookReading
from tests.unit.reading.books import issues, read, values

GROWTH = "fai_growth_pct"
HEADER = ["指标", "本年累计投资额", "上年同期投资额", "同比增速"]

READ = [
    ("10.5", "10.5", 1),
    ("－3.2", "-3.2", 1),
    ("+5", "5", 0),
    ("10.5%", "10.5", 1),
    ("增长10.5%", "10.5", 1),
    ("同比增长 10.5 %", "10.5", 1),
    ("同比增10.5", "10.5", 1),
    ("下降3.2%", "-3.2", 1),
    ("较上年同期下降３．２％", "-3.2", 1),
    ("与去年同期相比，下降3.2%", "-3.2", 1),
    ("负增长3.2%", "-3.2", 1),
    ("降幅3.2", "-3.2", 1),
    ("↓3.2", "-3.2", 1),
    ("增长-3.2%", "-3.2", 1),
    ("下降百分之五点二", "-5.2", 1),
    ("增长3.3倍", "330", -1),
    ("增长两倍", "200", -2),
    ("为上年同期的3.3倍", "230", -1),
    ("增长到3.3倍", "230", -1),
    ("是上年的85%", "-15", 0),
    ("翻番", "100", -2),
    ("翻一番", "100", -2),
    ("翻了两番", "300", -2),
    ("同比翻3番", "700", -2),
    ("持平", "0", 0),
    ("与上年同期持平", "0", 0),
    ("零增长", "0", 0),
]


@pytest.mark.parametrize(("text", "percent", "places"), READ, ids=[text for text, _, _ in READ])
def test_a_growth_is_read_with_its_sign_and_places(text: str, percent: str, places: int) -> None:
    found = read_growth(text)
    assert found is not None
    assert (found.value, found.decimals) == (Decimal(percent), places)


@pytest.mark.parametrize(
    "text",
    [
        "3.3倍",
        "下降3倍",
        "下降-3.2%",
        "下降+3.2",
        "3.2个百分点",
        "增长3.2个百分点",
        "增长3.2亿元",
        "同比",
        "增长",
        "下降—",
        "翻很多番",
        "翻20番",
        "10%-12%",
        "为上年的3.3",
    ],
)
def test_what_may_mean_two_things_or_is_no_growth_is_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableFigureError):
        read_growth(text)


@pytest.mark.parametrize("text", ["—", "/", "无", ""])
def test_a_mark_for_none_is_none(text: str) -> None:
    assert read_growth(text) is None


@pytest.mark.parametrize("text", ["约10%", "增长约10%", "下降近3%", "增长3倍以上", "翻番", "持平"])
def test_about_stays_about(text: str) -> None:
    found = read_growth(text)
    assert found is not None
    assert found.approximate


@given(st.decimals(min_value=0, max_value=500, places=2), st.sampled_from(["增长", "同比上升", "较上年同期增加"]))
def test_a_rise_in_words_is_the_figure_and_a_fall_its_opposite(size: Decimal, rise: str) -> None:
    risen, fallen = read_growth(f"{rise}{size}%"), read_growth(f"同比下降{size}%")
    assert risen is not None
    assert fallen is not None
    assert (risen.value, fallen.value) == (size, -size)
    assert risen.decimals == fallen.decimals == 2


@given(st.decimals(min_value=1, max_value=50, places=1))
def test_times_as_much_is_one_time_less_of_growth(times: Decimal) -> None:
    grown, multiple = read_growth(f"增长{times}倍"), read_growth(f"为上年的{times}倍")
    assert grown is not None
    assert multiple is not None
    assert grown.value - multiple.value == 100


def read_fai(folder: Path, *rows: tuple[Any, ...], header: list[str] | None = None) -> WorkbookReading:
    """Read a workbook with a sheet 固定资产投资: category, level, last year's level, growth."""

    def add(worksheet: Worksheet) -> None:
        sheet = worksheet.parent.create_sheet("固定资产投资")
        for row in [["单位：万元、%"], header or HEADER, *rows]:
            sheet.append(list(row))

    return read(folder, change=add)


def fai(reading: WorkbookReading) -> SheetReading:
    return reading.sheets["fixed_asset_investment"]


def test_words_and_figures_of_one_column(tmp_path: Path) -> None:
    reading = read_fai(
        tmp_path,
        ("固定资产投资", 1105, 1000, "增长10.5%"),
        ("工业投资", 968, 1000, "下降3.2%"),
        ("民间投资", 4300, 1000, "增长3.3倍"),
        ("房地产开发投资", 1052, 1000, 5.2),
    )
    assert values(fai(reading), GROWTH) == [Decimal("10.5"), Decimal("-3.2"), 330, Decimal("5.2")]
    own = {cell.row_number: cell.half_width for cell in fai(reading).precisions if cell.column_name == GROWTH}
    assert own == {5: Decimal(5)}
    assert reading.issues == []


def test_a_doubling_is_noted_as_a_round_word(tmp_path: Path) -> None:
    reading = read_fai(tmp_path, ("工业投资", 2100, 1000, "翻番"), ("民间投资", 1052, 1000, "5.2%"))
    assert values(fai(reading), GROWTH) == [100, Decimal("5.2")]
    assert [issue.value for issue in issues(reading, IssueKind.NUMBER_APPROXIMATE)] == ["翻番"]


def test_growth_published_alone_is_percent(tmp_path: Path) -> None:
    reading = read_fai(tmp_path, ("固定资产投资", None, None, 5.2), ("工业投资", None, None, -0.8))
    assert values(fai(reading), GROWTH) == [Decimal("5.2"), Decimal("-0.8")]
    assert reading.issues == []


def test_a_fraction_is_known_by_the_figures_it_is_made_of(tmp_path: Path) -> None:
    reading = read_fai(tmp_path, ("固定资产投资", 1105, 1000, 0.105), ("工业投资", 968, 1000, -0.032))
    assert values(fai(reading), GROWTH) == [Decimal("10.5"), Decimal("-3.2")]
    assert reading.issues == []


def test_a_small_growth_alone_may_be_either_and_is_not_taken(tmp_path: Path) -> None:
    reading = read_fai(tmp_path, ("固定资产投资", None, None, 0.5))
    assert values(fai(reading), GROWTH) == [None]
    assert issues(reading, IssueKind.RATE_SCALE_UNKNOWN)

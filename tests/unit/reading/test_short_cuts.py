"""What is looked at only shortly where it is plain is taken as the long way takes it."""

import unicodedata
from datetime import date
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from taizhang.dictionary import sheet
from taizhang.reading.cells import Cells, column_cells
from taizhang.reading.dates import UnreadableDateError, read_date
from taizhang.reading.figures import MAX_STORED, PrintedFigures, read_printed
from taizhang.reading.grid import Grid
from taizhang.reading.headers import label_index, normal_label
from taizhang.reading.layout import find_layout
from taizhang.reading.messages import IssueLog
from taizhang.reading.numbers import figure_of_float, places_of
from taizhang.reading.precision import half_width
from taizhang.reading.rates import FRACTION, PERCENT, RateColumn, finish, read_rates, scaled
from taizhang.reading.rows import DETAIL, RowClassifier, _band_names, _patterns, numeral_level
from taizhang.reading.text import _INVISIBLE, _SPACE, squeeze

WORDS = [
    "合计",
    "其中",
    "小计",
    "总",
    "一、",
    "（二）",
    "第",
    "新建",
    "项目名称",
    "序号",
    "注",
    "备注",
    "3个",
    "Ⅲ",
    "项目",
    "中桥",
]
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), max_size=4).map("".join)
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6).map(float),
    st.decimals(-(10**4), 10**4, places=2).map(float),
    st.floats(-1e20, 1e20),
)
PROGRESS = sheet("project_progress")


@given(TEXTS)
@example("１２３")
@example("a\u200bb")
def test_words_are_squeezed_as_any_text(text: str) -> None:
    folded = text if text.isascii() else unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    assert squeeze(text) == _SPACE.sub("", folded.strip())


def _classifier() -> RowClassifier:
    header = ["序号", "项目名称", "总投资(万元)", "年度计划投资(万元)", "是否开工"]
    grid = Grid("项目进展", [[*header], [1.0, "甲桥", 1.0, 1.0, "是"]])
    layout = find_layout(grid, PROGRESS, label_index(PROGRESS.sheet, None))
    assert layout is not None
    return RowClassifier(grid, layout, PROGRESS)


CLASSIFIER = _classifier()


@given(TEXTS)
@example("新建项目")
@example("续建项目(3个)")
@example("渭河大桥（一期）")
@example("项目名称")
@example("★项目名称")
@example("中小学项目")
def test_a_name_is_special_as_all_patterns_say(text: str) -> None:
    name = squeeze(text)
    names = _band_names(tuple(c.code_list for c in PROGRESS.columns if c.code_list and c.code_list != "breakdown"))
    long_way = (
        not name
        or name.isascii()
        or numeral_level(name) > 0
        or CLASSIFIER._core(name) in names
        or normal_label(name) == "项目名称"
        or any(pattern.match(name) for pattern in _patterns().values())
    )
    assert CLASSIFIER._is_special(name) == long_way


def _cells(values: list[object], name: str) -> Cells:
    grid = Grid("项目进展", [[value] for value in values])
    rows = list(range(1, len(values) + 1))
    return column_cells(grid, 0, PROGRESS.column(name), "占比", rows, IssueLog("project_progress", "项目进展"))


@given(st.lists(NUMBERS, min_size=1, max_size=12))
def test_a_column_of_numbers_is_read_as_each_of_them(numbers: list[float]) -> None:
    printed = read_printed(_cells([*numbers], "total_investment_wan"))
    assert printed.all_plain() == {index: figure_of_float(number).value for index, number in enumerate(numbers)}


@given(st.lists(st.one_of(NUMBERS, st.just(""), st.sampled_from(["85%", "约3.5", "12.50"])), min_size=1, max_size=9))
def test_rates_have_the_places_and_half_widths_of_each_cell(values: list[object]) -> None:
    cells = _cells(values, "completion_rate_pct")
    printed = read_printed(cells)
    for unit_scale in (PERCENT, FRACTION):
        _require_like_cells(cells, printed, unit_scale)


def _require_like_cells(cells: Cells, printed: PrintedFigures, scale: Decimal) -> None:
    stored = {index: scaled(value, scale) for index, value in printed.all_plain().items()}
    column: RateColumn = finish(cells, stored, frozenset(), True)
    expected = {}
    for index, (value, decimals) in stored.items():
        is_text = isinstance(cells.values[index], str)
        shown = decimals if is_text else places_of(value.normalize() if value else PERCENT)
        if shown < (column.decimals or 0) if is_text else shown <= (column.decimals or 0) - 2:
            expected[index] = half_width(shown, PERCENT)
    assert column.half_widths == expected
    if scale == PERCENT and not printed.special and all(0 <= value < MAX_STORED for value, _ in stored.values()):
        whole = read_rates(_cells([100.0, *cells.values], "completion_rate_pct"), _shifted(printed), None, None)
        assert whole.values[1:] == column.values


def _shifted(printed: PrintedFigures) -> PrintedFigures:
    """The same figures one cell lower, below a rate of 100."""
    lower = PrintedFigures(places=printed.places)
    lower.whole = {0: 100 * 10**printed.places} | {index + 1: number for index, number in printed.whole.items()}
    lower.plain = {index + 1: value for index, value in printed.plain.items()}
    return lower


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y.%m", "%Y年"]))
def test_a_date_is_read_the_same_again(day: date, form: str) -> None:
    text = f"{day:{form}}"
    try:
        assert read_date(text) == read_date.__wrapped__(text)
    except UnreadableDateError:
        assert not 1949 <= day.year <= 2100


def test_rows_in_plain_words_are_details() -> None:
    assert [mark.kind for mark in CLASSIFIER.classify()] == [DETAIL]

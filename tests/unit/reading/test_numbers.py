from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.reading.numbers import UnreadableFigureError, figure_of_float, read_figure
from taizhang.reading.vocabulary import vocabulary

FULL_WIDTH = str.maketrans("0123456789.,%-()", "０１２３４５６７８９．，％－（）")

PLAIN = [
    ("12", "12", 0),
    (" 12 ", "12", 0),
    ("12.50", "12.50", 2),
    ("１２．５", "12.5", 1),
    ("1,234.5", "1234.5", 1),
    ("1，234.5", "1234.5", 1),
    ("1 234.5", "1234.5", 1),
    ("12,345,678", "12345678", 0),
    ("12。5", "12.5", 1),
    ("12.", "12", 0),
    (".5", "0.5", 1),
    ("-5", "-5", 0),
    ("−5", "-5", 0),
    ("负5.2", "-5.2", 1),
    ("(123)", "-123", 0),
    ("（1,234.50）", "-1234.50", 2),
    ("'12", "12", 0),
    ("0", "0", 0),
    ("十二", "12", 0),
    ("一百零三", "103", 0),
    ("三点五", "3.5", 1),
    ("+7", "7", 0),
]


@pytest.mark.parametrize(("text", "value", "decimals"), PLAIN, ids=[case[0] for case in PLAIN])
def test_plain_figure(text: str, value: str, decimals: int) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert (str(figure.value), figure.decimals, figure.unit, figure.approximate) == (value, decimals, None, False)


@pytest.mark.parametrize("text", ["", " ", "—", "——", "-", "/", "／", "无", "暂无", "\\", "N/A", "－", "…"])
def test_mark_for_none_is_no_zero(text: str) -> None:
    assert read_figure(text) is None


APPROXIMATE = [
    ("约12", "12", None),
    ("近12.5", "12.5", None),
    ("超100", "100", None),
    ("12左右", "12", None),
    ("约12亿元左右", "12", "亿元"),
    ("10余万元", "10", "万元"),
    ("12万余元", "12", "万元"),
    ("100多个", "100", "个"),
    ("≈3", "3", None),
    ("≥5", "5", None),
    ("1.2E+05", "120000", None),
]


@pytest.mark.parametrize(("text", "value", "unit"), APPROXIMATE, ids=[case[0] for case in APPROXIMATE])
def test_approximate_figure(text: str, value: str, unit: str | None) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert figure.approximate
    assert (str(figure.value), figure.unit.unit if figure.unit else None) == (value, unit)


WITH_UNIT = [
    ("1.2亿元", "1.2", "亿元"),
    ("1.2亿", "1.2", "亿元"),
    ("300万", "300", "万元"),
    ("12 万元", "12", "万元"),
    ("¥1,234.00", "1234.00", "元"),
    ("￥12万", "12", "万元"),
    ("85%", "85", "%"),
    ("１２．５％", "12.5", "%"),
    ("百分之八十五", "85", "%"),
    ("12个", "12", "个"),
    ("5‰", "5", "‰"),
    ("三点五亿元", "3.5", "亿元"),
    ("一千二百万", "1200", "万元"),
    ("一亿二千万元", "120000000", "元"),
    ("3亿5000万元", "35000", "万元"),
    ("1.2万亿元", "1.2", "万亿元"),
]


@pytest.mark.parametrize(("text", "value", "unit"), WITH_UNIT, ids=[case[0] for case in WITH_UNIT])
def test_unit_in_the_cell(text: str, value: str, unit: str) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert figure.unit is not None
    assert (str(figure.value), figure.unit.unit, figure.approximate) == (value, unit, False)


@pytest.mark.parametrize(
    "text",
    [
        "待定",
        "10-12",
        "12 34",
        "1,23",
        "1234,567",
        "12.5.3",
        "1O0",
        "20万美元",
        "10²",
        "½",
        "①",
        "二百五",
        "三万二",
        "oo五",
        "万",
        "2024年6月",
        "(-5)",
        "负-5",
        "٣",
        "１，２３",
        "#REF!",
    ],
)
def test_anything_else_is_no_figure(text: str) -> None:
    with pytest.raises(UnreadableFigureError):
        read_figure(text)


amounts = st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=None).map(
    lambda value: (
        value.quantize(Decimal(1).scaleb(max(-6, int(value.as_tuple().exponent))))  # type: ignore[arg-type]
        if int(value.as_tuple().exponent) < 0  # type: ignore[arg-type]
        else Decimal(int(value))
    )
)
units = st.sampled_from([None, *sorted(vocabulary().units)])
signs = st.sampled_from(["", "-", "(", "负"])
groupings = st.sampled_from(["", ",", "，", " "])


def grouped(value: Decimal, mark: str) -> str:
    return f"{value:,f}".replace(",", mark) if mark else f"{value:f}"


@given(amounts, signs, groupings, units, st.booleans(), st.booleans())
def test_any_decimal_in_any_style_reads_back_exactly(
    value: Decimal, sign: str, grouping: str, unit: str | None, wide: bool, about: bool
) -> None:
    body = grouped(value, grouping) + (unit or "")
    text = ("约" if about else "") + (f"({body})" if sign == "(" else sign + body)
    figure = read_figure(text.translate(FULL_WIDTH) if wide else text)
    assert figure is not None
    assert figure.value == (-value if sign else value)
    assert figure.decimals == max(0, -int(value.as_tuple().exponent))  # type: ignore[arg-type]
    assert figure.unit == (vocabulary().units[unit] if unit else None)
    assert figure.approximate is about


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_a_float_reads_back_as_the_decimal_that_was_typed(digits: int, places: int) -> None:
    typed = Decimal(digits).scaleb(-places)
    assert figure_of_float(float(typed)).value == typed


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_float_keeps_fifteen_digits(number: float) -> None:
    assert f"{float(figure_of_float(number).value):.15g}" == f"{number:.15g}"


def test_binary_noise_is_gone() -> None:
    assert str(figure_of_float(0.1 + 0.2).value) == "0.3"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_number_is_no_figure(number: float) -> None:
    with pytest.raises(UnreadableFigureError):
        figure_of_float(number)

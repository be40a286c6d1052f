import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.reading.numerals import read_digits, read_integer

CASES = [
    ("零", 0), ("十", 10), ("十二", 12), ("二十", 20), ("廿一", 21), ("一百", 100), ("一百零三", 103),
    ("一千零一十", 1010), ("两千", 2000), ("一万二千", 12000), ("三万亿", 3 * 10**12), ("一亿二千万", 120_000_000),
    ("壹佰贰拾叁", 123), ("二〇二四", 2024), ("二oo五", 2005),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), CASES, ids=[case[0] for case in CASES])
def test_numeral(text: str, number: int) -> None:
    assert read_integer(text) == number


@pytest.mark.parametrize("text", ["", "十百", "百千", "二百五", "三万二", "甲", "一二个", "万"])
def test_no_numeral(text: str) -> None:
    assert read_integer(text) is None


def written(number: int) -> str:
    """By place, as people write it, up to 9999."""
    text, gap = "", False
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return text


@given(st.integers(1, 9999), st.sampled_from([("", 1), ("万", 10**4), ("亿", 10**8)]))
def test_any_numeral_reads_back(number: int, myriad: tuple[str, int]) -> None:
    name, factor = myriad
    assert read_integer(written(number) + name) == number * factor


@given(st.integers(1000, 9999))
def test_digits_read_back(number: int) -> None:
    assert read_digits("".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))) == number

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.reading.dates import (
    EXCEL_EPOCH,
    FIRST_SERIAL,
    LAST_SERIAL,
    UnreadableDateError,
    date_of_cell,
    date_of_number,
    day_span,
    read_date,
)

JUNE = (date(2024, 6, 1), date(2024, 7, 1))
FIFTEENTH = (date(2024, 6, 15), date(2024, 6, 16))

TEXTS = [
    ("2024.6", *JUNE),
    ("2024-6", *JUNE),
    ("2024/06", *JUNE),
    ("2024年6月", *JUNE),
    ("2024年06月份", *JUNE),
    ("202406", *JUNE),
    ("24年6月", *JUNE),
    ("２０２４．６", *JUNE),
    ("二〇二四年六月", *JUNE),
    ("二○二四年六月", *JUNE),
    ("二O二四年六月", *JUNE),
    ("2024年 6 月", *JUNE),
    ("2024.06.", *JUNE),
    ("2024-06-15", *FIFTEENTH),
    ("2024.6.15", *FIFTEENTH),
    ("2024/6/15", *FIFTEENTH),
    ("20240615", *FIFTEENTH),
    ("2024年6月15日", *FIFTEENTH),
    ("2024年6月15号", *FIFTEENTH),
    ("2024-06-15 00:00:00", *FIFTEENTH),
    ("2024-06-15T08:30:00", *FIFTEENTH),
    ("二〇二四年六月十五日", *FIFTEENTH),
    ("45458", *FIFTEENTH),
    ("2024年6月底", date(2024, 6, 21), date(2024, 7, 1)),
    ("2024年6月末", date(2024, 6, 21), date(2024, 7, 1)),
    ("2024年6月上旬", date(2024, 6, 1), date(2024, 6, 11)),
    ("2024年6月中旬", date(2024, 6, 11), date(2024, 6, 21)),
    ("2024年2月底", date(2024, 2, 21), date(2024, 3, 1)),
    ("2024", date(2024, 1, 1), date(2025, 1, 1)),
    ("2024年", date(2024, 1, 1), date(2025, 1, 1)),
    ("二oo五", date(2005, 1, 1), date(2006, 1, 1)),
    ("二oo五年", date(2005, 1, 1), date(2006, 1, 1)),
    ("二〇二四年十二月三十一日", date(2024, 12, 31), date(2025, 1, 1)),
    ("2024年元月", date(2024, 1, 1), date(2024, 2, 1)),
    ("2024年底", date(2024, 12, 1), date(2025, 1, 1)),
    ("2024年年底", date(2024, 12, 1), date(2025, 1, 1)),
    ("2024年上半年", date(2024, 1, 1), date(2024, 7, 1)),
    ("2024年二季度", date(2024, 4, 1), date(2024, 7, 1)),
    ("2024Q3", date(2024, 7, 1), date(2024, 10, 1)),
    ("2024-01-05至2024-03-31", date(2024, 1, 5), date(2024, 4, 1)),
]


@pytest.mark.parametrize(("text", "first", "after"), TEXTS, ids=[case[0] for case in TEXTS])
def test_date_text(text: str, first: date, after: date) -> None:
    assert read_date(text) == (first, after)


@pytest.mark.parametrize("text", ["", "—", "/", "无", "-"])
def test_mark_for_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024.13",
        "2024.2.30",
        "6月15日",
        "已开工",
        "预计2024年12月",
        "2024.6-2025.12",
        "1899-01-01",
        "2024年6月15日前",
        "99999",
        "12",
        "2024-03-31至2024-01-05",
        "Jun-24",
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(UnreadableDateError):
        read_date(text)


NUMBERS = [
    (45458.0, *FIFTEENTH),
    (45458.75, *FIFTEENTH),
    (20240615.0, *FIFTEENTH),
    (202406.0, *JUNE),
    (2024.0, date(2024, 1, 1), date(2025, 1, 1)),
    (2024.6, *JUNE),
    (2024.12, date(2024, 12, 1), date(2025, 1, 1)),
    (2024.01, date(2024, 1, 1), date(2024, 2, 1)),
    (2024.1, date(2024, 1, 1), date(2024, 11, 1)),
]


@pytest.mark.parametrize(("number", "first", "after"), NUMBERS, ids=[str(case[0]) for case in NUMBERS])
def test_excel_number_in_a_date_column(number: float, first: date, after: date) -> None:
    assert date_of_number(number) == (first, after)


@pytest.mark.parametrize("number", [0.0, 12.0, 2024.13, -45458.0, 99999.0, 1e300])
def test_excel_number_that_is_no_date(number: float) -> None:
    with pytest.raises(UnreadableDateError):
        date_of_number(number)


def test_date_cell() -> None:
    assert date_of_cell(datetime(2024, 6, 15, 8, 30)) == FIFTEENTH
    with pytest.raises(UnreadableDateError):
        date_of_cell(date(1900, 1, 1))


DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
PLACES = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else PLACES[tens] + "十") + PLACES[ones]


WRITERS = {
    "iso": lambda day: day.isoformat(),
    "dots": lambda day: f"{day.year}.{day.month}.{day.day}",
    "slashes": lambda day: f"{day.year}/{day.month:02}/{day.day:02}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "compact": lambda day: f"{day:%Y%m%d}",
    "numerals": lambda day: f"{str(day.year).translate(DIGITS)}年{chinese(day.month)}月{chinese(day.day)}日",
    "serial": lambda day: str((day - EXCEL_EPOCH).days),
}


@given(st.dates(date(1949, 1, 1), date(2100, 12, 31)), st.sampled_from(sorted(WRITERS)))
def test_any_day_in_any_style_reads_back(day: date, style: str) -> None:
    assert read_date(WRITERS[style](day)) == day_span(day)


@given(
    st.dates(date(1949, 1, 1), date(2100, 12, 31)), st.sampled_from(["{y}.{m}", "{y}年{m}月", "{y}-{m:02}", "{y}/{m}"])
)
def test_any_month_holds_all_of_its_days(day: date, style: str) -> None:
    span = read_date(style.format(y=day.year, m=day.month))
    assert span is not None
    first, after = span
    assert first <= day < after
    assert first.day == 1
    assert (after - timedelta(days=1)).month == first.month
    assert after.day == 1


@given(st.integers(FIRST_SERIAL, LAST_SERIAL))
def test_any_serial_is_one_day(serial: int) -> None:
    first, after = date_of_number(float(serial))
    assert (first - EXCEL_EPOCH).days == serial
    assert after - first == timedelta(days=1)

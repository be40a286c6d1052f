"""What people may ask for, without a database: months, lists, and how decimals are shown."""

from datetime import date
from decimal import Decimal

import pytest

from taizhang.publication.figures import UnknownListError, UnknownMonthError, _plain, list_code_of, month_of


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("2024-03", id="month"),
        pytest.param(" 2024-03 ", id="blanks around"),
        pytest.param("2024-03-01", id="first day"),
        pytest.param(date(2024, 3, 17), id="a day of it"),
    ],
)
def test_a_month_is_its_first_day(asked: str | date) -> None:
    assert month_of(asked) == date(2024, 3, 1)


@pytest.mark.parametrize("asked", ["2024-00", "2024-13", "0000-01", "2024-03-02", "24-03", "2024年3月", ""])
def test_what_is_no_month_is_said_to_be_none(asked: str) -> None:
    with pytest.raises(UnknownMonthError, match="write it as 2024-03"):
        month_of(asked)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param(None, None, id="all lists"),
        pytest.param("all", "all", id="every project once"),
        pytest.param("province_key", "province_key", id="code"),
        pytest.param("省列重点", "province_key", id="name"),
        pytest.param("省列重点投资清单", "province_key", id="alias"),
    ],
)
def test_a_list_is_known_by_code_name_and_alias(asked: str | None, code: str | None) -> None:
    assert list_code_of(asked) == code


def test_an_unknown_list_is_named() -> None:
    with pytest.raises(UnknownListError, match="没有的清单; there are 市列、市列重点"):
        list_code_of("没有的清单")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(Decimal("5617000.000000"), "5617000", id="whole"),
        pytest.param(Decimal("0.000000"), "0", id="zero"),
        pytest.param(Decimal("62.500000"), "62.5", id="padded"),
        pytest.param(Decimal("-0.000001"), "-0.000001", id="smallest"),
        pytest.param(12, "12", id="count"),
        pytest.param(None, "None", id="nothing"),
    ],
)
def test_decimals_lose_their_padding_only(value: object, text: str) -> None:
    assert str(_plain(value)) == text
    assert _plain(value) == value

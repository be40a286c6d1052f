"""What one slip can do to a figure, and which value of a range is meant."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.quality.slips import Range, Slip, digits_for_letters, meant, slips_of

figures = st.decimals(min_value=1, max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("value", "low", "high", "slip", "wanted"),
    [
        pytest.param("4116.2", "4161.2", "4161.2", Slip.DIGITS_SWAPPED, "4161.2", id="digits swapped"),
        pytest.param("-360", "359.9", "360.1", Slip.SIGN, "360", id="sign"),
        pytest.param("1.2", "11999", "12001", Slip.UNIT, "12000", id="亿元 for 万元"),
        pytest.param("120000000", "11999", "12001", Slip.UNIT, "12000", id="元 for 万元"),
        pytest.param("45.2", "451", "453", Slip.DECIMAL_POINT, "452", id="decimal point"),
        pytest.param("5000", "500", "500", Slip.DECIMAL_POINT, "500", id="a zero too many"),
        pytest.param("500", "-0.5", "0.5", Slip.OTHER, "0", id="zero, not another unit"),
        pytest.param("4000", "4116.15", "4116.25", Slip.OTHER, "4116.2", id="middle of the range"),
        pytest.param("92.3", "87.18", "88.21", Slip.OTHER, "87.70", id="as printed, not the roundest value"),
        pytest.param("4000", "4116.21", "4116.21", Slip.OTHER, "4116.21", id="one value"),
    ],
)
def test_the_likeliest_slip_is_found(value: str, low: str, high: str, slip: Slip, wanted: str):
    assert meant(Decimal(value), Range(Decimal(low), Decimal(high)), 2) == (slip, Decimal(wanted))


def test_an_empty_range_means_nothing():
    assert meant(Decimal(5), Range(Decimal(2), Decimal(1)), 2) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("1O0", "100"), ("l2.5", "12.5"), ("3S", "35"), ("约", None), ("12", None), ("1,2OO", "1200"), ("A1", None)],
)
def test_letters_that_look_like_digits(text: str, wanted: str | None):
    assert digits_for_letters(text) == (None if wanted is None else Decimal(wanted))


@given(figures)
def test_a_slip_can_be_undone(value: Decimal):
    for slip, slipped in slips_of(value):
        assert (slip, value) in [(kind, other) for kind, other in slips_of(slipped)] or slip is Slip.DIGITS_SWAPPED


@given(figures, figures, figures)
def test_what_is_meant_lies_in_the_range(value: Decimal, one: Decimal, other: Decimal):
    possible = Range(min(one, other), max(one, other))
    found = meant(value, possible, 2)
    assert found is not None
    assert found[1] in possible

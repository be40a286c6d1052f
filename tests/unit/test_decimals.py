"""Decimals as people and programs read them."""

import json
from decimal import Decimal

import pytest

from taizhang.decimals import json_number, plain


@pytest.mark.parametrize(
    ("number", "written"),
    [
        pytest.param("5617000.000000", "5617000", id="zeros of the type"),
        pytest.param("31.500000", "31.5", id="zeros behind a digit"),
        pytest.param("100", "100", id="zeros that count"),
        pytest.param("1E+3", "1000", id="exponent"),
        pytest.param("1E-6", "0.000001", id="small"),
        pytest.param("0.000", "0", id="nothing"),
        pytest.param("-0.50", "-0.5", id="below nothing"),
        pytest.param("123456789012345678901234567890.10", "123456789012345678901234567890.1", id="many digits"),
    ],
)
def test_plain(number: str, written: str):
    assert plain(Decimal(number)) == written


@pytest.mark.parametrize(("number", "written"), [("3.000000", "3"), ("-12", "-12"), ("31.50", "31.5"), ("0E+2", "0")])
def test_json_number(number: str, written: str):
    assert json.dumps(json_number(Decimal(number))) == written

"""Values in COPY's text format."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from taizhang.dictionary import ColumnType
from taizhang.warehouse.copying import copy_json, format_typed
from taizhang.warehouse.partitions import next_month


@pytest.mark.parametrize(
    ("column_type", "value", "written"),
    [
        pytest.param(
            ColumnType.TEXT, "一\t二\\三\n四\x00", "一\\t二\\\\三\\n四", id="text with what COPY takes for its own"
        ),
        pytest.param(ColumnType.TEXT, "一\ud800二", "一\ufffd二", id="text with half a surrogate pair"),
        pytest.param(ColumnType.AMOUNT, Decimal("5617000.10"), "5617000.10", id="amount keeps its digits"),
        pytest.param(ColumnType.AMOUNT, Decimal("1E+4"), "10000", id="amount without exponent"),
        pytest.param(ColumnType.COUNT, 12.0, "12", id="count that pandas made a float"),
        pytest.param(ColumnType.FLAG, False, "f", id="flag that is false, not missing"),
        pytest.param(ColumnType.CHOICES, ["a", 'b"'], '{"a","b\\\\""}', id="codes"),
        pytest.param(
            ColumnType.DATE, (date(2024, 6, 1), date(2024, 7, 1)), "[2024-06-01,2024-07-01)", id="month as a range"
        ),
        pytest.param(ColumnType.TEXT, None, "\\N", id="missing"),
        pytest.param(ColumnType.AMOUNT, float("nan"), "\\N", id="missing, as pandas says it"),
    ],
)
def test_value_is_written(column_type: ColumnType, value: Any, written: str) -> None:
    assert format_typed([value], column_type) == [written]


def test_json_holds_nothing_that_cannot_be_stored() -> None:
    written = copy_json({"联系\x00人": "一\\u0000\x00\ud800\t二"})
    assert json.loads(written.replace("\\\\", "\\")) == {"联系人": "一\\u0000\ufffd\t二"}


@pytest.mark.parametrize(
    ("month", "following"),
    [
        (date(2024, 1, 1), date(2024, 2, 1)),
        (date(2024, 12, 1), date(2025, 1, 1)),
        (date(2023, 11, 1), date(2023, 12, 1)),
    ],
)
def test_next_month(month: date, following: date) -> None:
    assert next_month(month) == following

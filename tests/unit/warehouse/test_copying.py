"""Values in COPY's text format."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.dictionary import ColumnType
from taizhang.warehouse.copying import NULL, copy_json, format_any, format_typed
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


def escaped(value: str) -> str:
    """A text in COPY's text format, character by character."""
    known = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""}
    return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else known.get(sign, sign) for sign in value)


SIGNS = st.one_of(st.characters(codec=None), st.sampled_from("\\\t\n\r\0\ud800\udfff\u3000\u2028 县N"))
TEXTS = st.text(SIGNS, max_size=6)


@given(st.lists(st.one_of(st.none(), TEXTS)))
def test_a_column_of_texts_is_written_as_its_texts_are(values: list[str | None]) -> None:
    written = [NULL if value is None else escaped(value) for value in values]
    assert format_typed(values, ColumnType.TEXT) == written
    assert format_any(values) == written


FIGURES = st.decimals(allow_infinity=True, allow_nan=True).filter(lambda value: not value.is_snan())


@given(st.lists(st.one_of(st.none(), FIGURES)))
def test_a_column_of_figures_is_written_as_its_figures_are(values: list[Decimal | None]) -> None:
    written = [NULL if value is None or value.is_nan() else format(value, "f") for value in values]
    assert format_typed(values, ColumnType.AMOUNT) == written


OTHERS: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.AMOUNT: st.one_of(st.decimals(allow_nan=False), st.floats(allow_nan=False), st.integers()),
    ColumnType.COUNT: st.one_of(
        st.integers(), st.integers(0, 10**6).map(float), st.integers().map(str), st.integers().map(Decimal)
    ),
    ColumnType.FLAG: st.booleans(),
    ColumnType.CHOICES: st.lists(TEXTS),
    ColumnType.DATE: st.tuples(st.dates(), st.dates()),
    ColumnType.MONTH: st.dates(),
    ColumnType.TEXT: TEXTS,
}


@pytest.mark.parametrize("column_type", OTHERS)
@given(data=st.data())
def test_a_value_is_written_alike_whatever_stands_beside_it(column_type: ColumnType, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.one_of(st.none(), st.just(float("nan")), OTHERS[column_type])))
    assert format_typed(values, column_type) == [written for v in values for written in format_typed([v], column_type)]


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

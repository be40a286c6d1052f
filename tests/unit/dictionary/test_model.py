"""A column that says what cannot be is an error."""

import pytest
from pydantic import ValidationError

from taizhang.dictionary import load_dictionary
from taizhang.dictionary.model import RATIOS, Column, Sheet

RATE = {
    "name": "share_pct",
    "label": "占比",
    "type": "rate",
    "description": "A share.",
    "numerator": "count",
    "denominator": "count",
    "additivity": "non_additive",
}
COUNT = {"name": "count", "label": "个数", "type": "count", "description": "A count.", "additivity": "additive"}


def a_sheet(*columns: dict[str, object]) -> Sheet:
    return Sheet.model_validate(
        {
            "sheet": "s",
            "title": "表",
            "position": 1,
            "layout": "form",
            "required": True,
            "grain": "one form",
            "description": "A sheet.",
            "columns": columns,
        }
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"denominator": None}, id="a rate without denominator"),
        pytest.param({"type": "points", "numerator": None}, id="points without numerator"),
        pytest.param({"type": "points", "denominator_of": "breakdown"}, id="points of a breakdown"),
        pytest.param({"additivity": "additive"}, id="rates that add up"),
        pytest.param({"denominator_of": "year"}, id="the whole of nothing we know"),
    ],
)
def test_malformed_ratios_are_refused(changes: dict[str, object]) -> None:
    Column.model_validate(RATE)
    with pytest.raises(ValidationError):
        Column.model_validate(RATE | changes)


def test_a_share_needs_a_breakdown() -> None:
    share = RATE | {"denominator_of": "breakdown"}
    breakdown = {"name": "by", "label": "分类", "type": "choice", "code_list": "breakdown", "description": "How."}
    assert a_sheet(COUNT, share, breakdown).column("share_pct").denominator_of == "breakdown"
    with pytest.raises(ValidationError, match="no breakdown"):
        a_sheet(COUNT, share)


def test_every_ratio_names_what_it_is_made_of() -> None:
    ratios = [column for sheet in load_dictionary().values() for column in sheet.columns if column.type in RATIOS]
    assert {column.name for column in ratios} >= {
        "completion_rate_pct", "schedule_gap_pp", "funds_received_rate_pct", "count_share_pct", "investment_share_pct",
    }  # fmt: skip
    assert all(column.numerator and column.denominator for column in ratios)

"""Mart columns come from the sheets where they can, and a malformed definition is an error."""

import pytest
from pydantic import ValidationError

from taizhang.dictionary import ColumnType, sheet
from taizhang.dictionary.mart import Mart, MartColumn, load_marts, measures


def column(**changes: object) -> dict[str, object]:
    return {"name": "x", "label": "某栏", "type": "text", "description": "A column."} | changes


def mart(**changes: object) -> dict[str, object]:
    wanted = {"mart": "m", "label": "表", "grain": "one row", "keys": ["x"], "description": "D.", "columns": [column()]}
    return wanted | changes


def test_a_column_taken_over_from_a_sheet_is_that_column() -> None:
    (found,) = [c for c in load_marts()["fct_project_month"].columns if c.name == "total_investment_wan"]
    origin = sheet("project_progress").column("total_investment_wan")
    assert (found.labelled_unit, found.sql_type, found.description, found.additivity) == (
        origin.labelled_unit,
        origin.sql_type,
        origin.description,
        origin.additivity,
    )
    assert found.labelled_unit == "总投资(万元)"


def test_measures_are_found_by_kind() -> None:
    assert measures("agg_unit_month", ColumnType.COUNT) == ("project_count", "started_count")
    assert "completion_rate_pct" in measures("agg_region_month", ColumnType.RATE)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"type": "money"}, id="unknown type"),
        pytest.param({"type": "amount"}, id="measure without additivity"),
        pytest.param({"additivity": "additive"}, id="additivity of a text"),
        pytest.param({"colour": "red"}, id="unknown property"),
    ],
)
def test_a_malformed_column_is_refused(changes: dict[str, object]) -> None:
    MartColumn.model_validate(column())
    with pytest.raises(ValidationError):
        MartColumn.model_validate(column(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"keys": ["y"]}, id="key that is no column"),
        pytest.param({"provenance": ["y"]}, id="provenance that is no column"),
        pytest.param({"columns": [column(), column(label="别的")]}, id="name twice"),
        pytest.param({"columns": [column(), column(name="z")]}, id="label twice"),
    ],
)
def test_a_malformed_mart_is_refused(changes: dict[str, object]) -> None:
    Mart.model_validate(mart())
    with pytest.raises(ValidationError):
        Mart.model_validate(mart(**changes))

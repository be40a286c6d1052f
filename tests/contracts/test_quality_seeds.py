"""The seeds that quality is judged by fit the marts, the dictionary and the register."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from taizhang.codelists import SEEDS_DIR, reporting_units
from taizhang.deadlines.calendar import due_on
from taizhang.dictionary import load_dictionary
from taizhang.dictionary.mart import load_marts


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_each_component_of_the_score_is_a_column_of_the_mart() -> None:
    columns = {column.name for column in load_marts()["agg_quality_unit_month"].columns}
    assert {row["component"] for row in seed("quality_score")} <= columns


def test_each_version_of_the_score_has_every_component_once() -> None:
    by_start: dict[str, list[str]] = {}
    for row in seed("quality_score"):
        by_start.setdefault(row["valid_from"], []).append(row["component"])
    components = {row["component"] for row in seed("quality_score")}
    assert {start: sorted(names) for start, names in by_start.items()} == dict.fromkeys(by_start, sorted(components))


@pytest.mark.parametrize("row", seed("quality_score"), ids=lambda row: f"{row['component']}-{row['valid_from']}")
def test_a_component_can_be_earned_and_lost(row: dict[str, str]) -> None:
    assert Decimal(row["weight"]) > 0
    assert Decimal(row["full_at"]) != Decimal(row["zero_at"])


def test_each_unit_has_a_day_to_file_by_and_a_score_as_long_as_it_exists() -> None:
    scored_from = min(date.fromisoformat(row["valid_from"]) for row in seed("quality_score"))
    late = [
        unit.unit_code
        for unit in reporting_units().units.values()
        if due_on(unit.unit_kind, unit.valid_from) is None or unit.valid_from < scored_from
    ]
    assert late == []


def test_what_names_people_is_a_column_and_no_measure() -> None:
    named = [load_dictionary()[row["sheet"]].column(row["column_name"]) for row in seed("personal_column")]
    assert [column.name for column in named if column.is_measure] == []
    assert len(named) >= 3

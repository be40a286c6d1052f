"""The seeds by which projects are warned of and regions scored and ranked fit the checks of the gate and the marts."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from taizhang.codelists import SEEDS_DIR, code_list, unit_kinds, visit_requirements
from taizhang.dictionary.mart import load_marts
from taizhang.quality.catalogue import load_catalogue
from taizhang.quality.gap_types import DateNotLongerAgo
from taizhang.quality.schedule_types import MonthNotPast, NotBehindSchedule

# Which checks of the gate light which lamp; what the marts alone warn of (permits, elements) has none.
LIGHTS = {
    ("schedule", "yellow"): "R47.yellow",
    ("schedule", "red"): "R47.red",
    ("start", "yellow"): "R47.start_yellow",
    ("start", "red"): "R47.start_red",
    ("payment", "yellow"): "R47.payment_yellow",
    ("payment", "red"): "R47.payment_red",
    ("statistics", "yellow"): "R38.not_in_statistics",
    ("statistics", "red"): "R38.long_not_in_statistics",
}


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def newest_thresholds() -> dict[tuple[str, str], Decimal]:
    rows = seed("warning_threshold")
    newest = max(row["valid_from"] for row in rows)
    return {
        (row["warning_kind"], row["light"]): Decimal(row["threshold"]) for row in rows if row["valid_from"] == newest
    }


def bounds(check_id: str) -> tuple[Decimal, Decimal | None]:
    """From where on a check speaks, and from where on another one does."""
    arguments = load_catalogue().check(check_id).arguments
    match arguments:
        case NotBehindSchedule():
            low, high = arguments.behind_pct, arguments.up_to_pct
        case MonthNotPast():
            low, high = arguments.months, arguments.up_to_months
        case DateNotLongerAgo():
            low, high = arguments.days, arguments.up_to_days
        case _:
            raise TypeError(f"{check_id} lights no lamp")
    return Decimal(low), None if high is None else Decimal(high)


@pytest.mark.parametrize(("lamp", "check_id"), LIGHTS.items(), ids=LIGHTS.values())
def test_the_gate_lights_a_lamp_at_the_threshold_of_the_seed(lamp: tuple[str, str], check_id: str) -> None:
    kind, light = lamp
    thresholds = newest_thresholds()
    beyond = thresholds[kind, "red"] if light == "yellow" else None
    assert bounds(check_id) == (thresholds[lamp], beyond)


def test_each_version_of_the_thresholds_has_both_lights_of_each_kind_and_red_is_worse() -> None:
    kinds = {row["warning_kind"] for row in seed("warning_kind")}
    by_version: dict[str, dict[tuple[str, str], Decimal]] = {}
    for row in seed("warning_threshold"):
        by_version.setdefault(row["valid_from"], {})[row["warning_kind"], row["light"]] = Decimal(row["threshold"])
    for thresholds in by_version.values():
        assert set(thresholds) == {(kind, light) for kind in kinds for light in ("yellow", "red")}
        assert all(thresholds[kind, "yellow"] < thresholds[kind, "red"] for kind in kinds)
    assert {kind for kind, _ in LIGHTS} < kinds


def test_each_version_of_the_formula_scores_measures_of_the_mart() -> None:
    columns = {column.name for column in load_marts()["agg_score_region_month"].columns}
    by_version: dict[str, list[str]] = {}
    for row in seed("score_component"):
        by_version.setdefault(row["valid_from"], []).append(row["component"])
        assert Decimal(row["weight"]) > 0
        assert Decimal(row["full_at"]) != Decimal(row["zero_at"])
        assert 0 <= Decimal(row["unknown_earns"]) <= 1
    assert by_version
    assert all(set(names) <= columns and len(names) == len(set(names)) for names in by_version.values())


def test_each_ranking_says_by_day_or_by_number_when_it_is_frozen() -> None:
    rows = seed("ranking_cutoff")
    assert len({row["ranking_id"] for row in rows}) == len(rows) > 0
    for row in rows:
        assert bool(row["cutoff_on"]) != bool(row["cutoff_publication"])
        assert date.fromisoformat(row["report_month"]).day == 1
        assert set(filter(None, row["unit_kinds"].split("|"))) <= set(unit_kinds())


def test_visits_are_required_of_kinds_that_the_sheet_knows() -> None:
    assert visit_requirements()
    for requirement in visit_requirements():
        assert requirement.visits_per_year > 0
        assert set(requirement.event_kinds) <= set(code_list("dispatch_kind").names)

"""Who may decide what: people, the level above a unit, reviews."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from taizhang.closing.people import Approvals, NotEntitledError, approvals, level_above
from taizhang.codelists import reporting_units
from tests.closing import LI, WANG, ZHAO, people

MARCH = date(2024, 3, 1)


def test_the_file_of_the_project_asks_nobody():
    found = approvals()
    assert (found.people, found.closing.approvers, found.reviews) == ((), (), ())


@pytest.mark.parametrize(
    ("unit", "upper"),
    [("621122", "621100"), ("621100K1", "621100"), ("621100B0", "620000"), ("621100C0", "620000")],
    ids=["county", "zone", "held by the city", "city"],
)
def test_the_level_above_a_unit(unit: str, upper: str):
    assert level_above(reporting_units().units[unit], MARCH) == upper


@pytest.mark.parametrize(("name", "unit"), [(ZHAO, "621122"), (LI, "621100B0"), (LI, "621100C0"), ("nobody", "621122")])
def test_only_who_stands_above_a_unit_restates_its_months(name: str, unit: str):
    with pytest.raises(NotEntitledError, match=name):
        people().require_above(name, unit, MARCH)


@pytest.mark.parametrize(("name", "unit"), [(LI, "621122"), (WANG, "621122"), (WANG, "621100C0")])
def test_every_level_above_counts(name: str, unit: str):
    assert people().require_above(name, unit, MARCH).id == name


def test_the_nearest_region_reviews():
    listed = [{"region": "620000", "reviewers": [WANG]}, {"region": "621100", "reviewers": [LI]}]
    found = Approvals.model_validate({**people().model_dump(), "reviews": listed})
    reviewed = {unit: found.review_of(unit, MARCH) for unit in ("621122", "621100C0", "411421")}
    assert {unit: one.region if one else None for unit, one in reviewed.items()} == {
        "621122": "621100",
        "621100C0": "620000",
        "411421": None,
    }
    with pytest.raises(NotEntitledError, match="does not review"):
        found.require_reviewer(WANG, "621122", MARCH)


def test_without_reviews_nobody_reviews():
    assert people().review_of("621122", MARCH) is None


def test_only_who_is_named_closes_months():
    assert people().require_approver(WANG).id == WANG
    with pytest.raises(NotEntitledError, match="those who close months"):
        people().require_approver(LI)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"closing": {"approvers": ["nobody"]}}, "nobody is not among the people"),
        ({"reviews": [{"region": "621100", "reviewers": ["nobody"]}]}, "nobody is not among the people"),
        ({"reviews": [{"region": "999999", "reviewers": [LI]}]}, "code of no region"),
        ({"reviews": [{"region": "621100", "reviewers": []}]}, "at least 1"),
        ({"reviews": [{"region": "621100", "reviewers": [LI]}] * 2}, "621100 stands twice"),
        ({"people": [{"id": LI, "name": "李红", "region": "621100"}] * 2}, "lihong stands twice"),
        ({"watchers": []}, "Extra inputs"),
    ],
)
def test_what_is_wrong_in_the_file_is_an_error(changed: dict[str, Any], message: str):
    whole = {**people().model_dump(), **changed}
    if "people" in changed:
        whole["closing"] = {}
    with pytest.raises(ValidationError, match=message):
        Approvals.model_validate(whole)

"""The seeds by which projects are told apart and grouped say nothing that would tie a project by its name alone."""

import csv
from itertools import pairwise

import pytest

from taizhang.codelists import SEEDS_DIR

FORMS = {"new", "old", "invalid", "absent"}
SECTIONS = 20
DIVISIONS = 97


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


RULES = seed("project_match_rule")
EVIDENCE = {row["evidence_id"]: row for row in seed("project_match_evidence")}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: "-".join(rule.values()))
def test_a_name_alone_is_never_enough_and_evidence_can_be(rule: dict[str, str]) -> None:
    assert {rule["earlier_form"], rule["later_form"]} <= FORMS
    assert rule["required_evidence"] in {"", *EVIDENCE}
    base, threshold = int(rule["base_confidence"]), int(rule["threshold"])
    points = sum(int(row["agree_points"]) for row in EVIDENCE.values())
    assert 0 < base < threshold <= min(100, base + points)


def test_there_is_one_rule_for_a_pair_of_forms() -> None:
    pairs = [(rule["earlier_form"], rule["later_form"], rule["needs_same_name"]) for rule in RULES]
    assert len(pairs) == len(set(pairs))


def test_another_name_is_never_enough_without_figures_that_continue() -> None:
    renamed = [rule for rule in RULES if rule["needs_same_name"] == "false"]
    assert renamed
    for rule in renamed:
        assert rule["earlier_form"] == "absent"
        assert rule["required_evidence"] == "figures_continue"


def test_evidence_that_agrees_does_not_contradict() -> None:
    for row in EVIDENCE.values():
        assert int(row["agree_points"]) > 0
        assert int(row["contradict_points"]) >= 0
        assert float(row["agree_within_pct"]) <= float(row["contradict_beyond_pct"])


def test_industries_are_those_of_the_standard() -> None:
    industries = [row for row in seed("industry") if row["vintage"] == "2017"]
    sections = [row["industry_code"] for row in industries if row["industry_level"] == "section"]
    divisions = [row for row in industries if row["industry_level"] == "division"]
    assert "".join(sections) == "ABCDEFGHIJKLMNOPQRST"
    assert len(sections) == SECTIONS
    assert [int(row["industry_code"]) for row in divisions] == list(range(1, DIVISIONS + 1))
    # Divisions run on from section to section, and each section has one.
    order = [row["section_code"] for row in divisions]
    assert order == sorted(order)
    assert set(order) == set(sections)


def test_groups_are_of_known_members_and_overlap_where_it_is_stated() -> None:
    groups = {row["group_code"]: row["is_part_of"] for row in seed("policy_group")}
    known = {("industry_class", row["class_code"]) for row in seed("industry_class")}
    known |= {(row["industry_level"], row["industry_code"]) for row in seed("industry")}
    members: dict[tuple[str, str], set[str]] = {}
    for row in seed("policy_group_member"):
        assert row["group_code"] in groups
        members.setdefault((row["member_kind"], row["member_code"]), set()).add(row["group_code"])
    assert set(members) <= known
    assert {("industry_class", row["class_code"]) for row in seed("industry_class")} <= set(members)
    for of_member in members.values():
        # The groups of a member lie inside one another: what is not part of another one overlaps nothing.
        assert {groups[group] for group in of_member if groups[group]} <= of_member
        assert len([group for group in of_member if not groups[group]]) == 1


def test_versions_of_a_mapping_do_not_overlap() -> None:
    spans: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for row in seed("policy_group_member"):
        key = (row["member_kind"], row["member_code"], row["group_code"])
        spans.setdefault(key, []).append((row["valid_from"], row["valid_to"] or "9999-12-31"))
    for of_key in spans.values():
        assert all(start < end for start, end in of_key)
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(of_key)))

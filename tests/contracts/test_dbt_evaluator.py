"""The rules of the dbt project evaluator, asked of the parsed project; exceptions have their reasons in a file."""

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from taizhang.publication.marts_build import DBT_PROJECT
from tests.dbt_manifest import manifest, models, parents

EXCEPTIONS: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "dbt_rules.yml").read_text(encoding="utf-8")
)
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_", "agg_", "bridge_", "rpt_", "xref_"),
}
KEY_TESTS = {"current_key_is_unique", "unique"}
WRITTEN_OUT = re.compile(r"\b(?:from|join)\s+(?:raw|ops|audit|staging|history|marts|bi|gate)\.\w+", re.IGNORECASE)
Rule = Callable[[], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """A rule: yields what violates it, a model or a model and what it reads."""
    RULES[function.__name__] = function
    return function


def folder(node: Any) -> str:
    return str(node.fqn[1])


def of_kind(kind: str) -> Iterator[Any]:
    return (node for node in manifest().nodes.values() if node.resource_type == kind)


@rule
def staging_reads_one_source() -> Iterator[str]:
    for name, node in models().items():
        if folder(node) == "staging" and len(parents(node, "source")) != 1:
            yield name


@rule
def staging_reads_no_model() -> Iterator[str]:
    for name, node in models().items():
        if folder(node) == "staging":
            yield from (f"{name} {parent}" for parent in sorted(parents(node, "model")))


@rule
def no_model_above_staging_reads_a_source() -> Iterator[str]:
    for name, node in models().items():
        if folder(node) != "staging":
            yield from (f"{name} {source}" for source in sorted(parents(node, "source")))


@rule
def aggregates_read_no_staging() -> Iterator[str]:
    for name, node in models().items():
        if name.startswith(("agg_", "rpt_")):
            yield from (f"{name} {parent}" for parent in sorted(parents(node, "model")) if parent.startswith("stg_"))


@rule
def no_model_without_a_parent() -> Iterator[str]:
    return (name for name, node in models().items() if not node.depends_on.nodes)


@rule
def models_are_named_by_their_folder() -> Iterator[str]:
    return (name for name, node in models().items() if not name.startswith(PREFIXES[folder(node)]))


@rule
def models_are_described() -> Iterator[str]:
    for name, node in models().items():
        if not all(word in node.description for word in ("Grain:", "Key:")):
            yield name


@rule
def columns_are_described() -> Iterator[str]:
    for name, node in models().items():
        if not node.columns:
            yield name
        yield from (f"{name} {column}" for column, entry in node.columns.items() if not entry.description.strip())


@rule
def models_have_a_key_test() -> Iterator[str]:
    tested = {
        test.attached_node
        for test in of_kind("test")
        if getattr(test, "test_metadata", None) and test.test_metadata.name in KEY_TESTS
    }
    return (name for name, node in models().items() if node.unique_id not in tested)


@rule
def seeds_are_described() -> Iterator[str]:
    for seed in of_kind("seed"):
        if "Grain:" not in seed.description or not all(entry.description for entry in seed.columns.values()):
            yield seed.name


@rule
def sources_are_described() -> Iterator[str]:
    for source in manifest().sources.values():
        if not source.description.strip():
            yield f"{source.source_name}.{source.name}"


@rule
def sources_are_used() -> Iterator[str]:
    used = {parent for node in of_kind("model") for parent in node.depends_on.nodes}
    return (f"{s.source_name}.{s.name}" for s in manifest().sources.values() if s.unique_id not in used)


@rule
def references_are_not_written_out() -> Iterator[str]:
    return (name for name, node in models().items() if WRITTEN_OUT.search(node.raw_code))


@rule
def exposures_show_marts_only() -> Iterator[str]:
    for exposure in manifest().exposures.values():
        for parent in sorted(parents(exposure, "model")):
            if folder(models()[parent]) != "marts":
                yield f"{exposure.name} {parent}"


def test_every_rule_is_listed_and_every_listed_rule_exists() -> None:
    assert set(EXCEPTIONS) == set(RULES)
    assert all(reason.strip() for reasons in EXCEPTIONS.values() for reason in reasons.values())


@pytest.mark.parametrize("name", RULES)
def test_the_rule_holds_but_for_its_exceptions(name: str) -> None:
    violations = list(RULES[name]())
    patterns = EXCEPTIONS[name]
    assert [entry for entry in violations if not any(fnmatchcase(entry, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatchcase(entry, pattern) for entry in violations)] == []


def test_there_are_exposures() -> None:
    assert len(manifest().exposures) >= 4


def test_a_build_knows_every_materialization() -> None:
    # A kind that selectors.yml does not name would be built once and never again.
    (selector,) = (
        entry
        for entry in yaml.safe_load((DBT_PROJECT / "selectors.yml").read_text(encoding="utf-8"))["selectors"]
        if entry["name"] == "what_changes"
    )
    known = {part["value"] for part in selector["definition"]["union"] if part.get("method") == "config.materialized"}
    assert {node.config.materialized for node in models().values()} == {*known, "view"}

"""The register of rules is refused when a rule is neither judged nor waits for something."""

from pathlib import Path
from typing import Any

import pytest

from taizhang.quality.catalogue import load_catalogue
from taizhang.quality.register import CatalogueError, Register, content_sha256, load_register, read_files
from tests.rule_files import dump, pack_version, rule, write_register


def load(folder: Path, *rules: dict[str, Any], **more: Any) -> Register:
    return load_register(read_files(write_register(folder, *rules, **more)))


def test_a_rule_with_a_check_is_sound(tmp_path: Path):
    load(tmp_path, rule("R10")).require_sound({"R10": ["R10.january"]})


def test_a_rule_that_waits_for_a_planned_sheet_is_sound(tmp_path: Path):
    register = load(tmp_path, rule("R30", requires=["tenders"]))
    register.require_sound({})
    assert register.missing(register.rules["R30"]) == ["tenders"]


def test_a_rule_that_waits_for_one_of_two_sheets_still_waits(tmp_path: Path):
    register = load(tmp_path, rule("R30", requires=["summary", "tenders"]))
    register.require_sound({})
    assert register.missing(register.rules["R30"]) == ["tenders"]


def test_a_rule_on_a_mart_that_the_dbt_project_has_is_sound(tmp_path: Path):
    load(tmp_path, rule("R48", judged_by="mart", models=["agg_region_month"])).require_sound({})


@pytest.mark.parametrize(
    ("changes", "checks", "complaint"),
    [
        pytest.param({}, [], "no check carries it out, and it waits for nothing", id="neither checks nor requires"),
        pytest.param({"requires": ["summary"]}, [], "is collected now, yet no check", id="its sheet has come"),
        pytest.param({"requires": ["dreams"]}, [], "no sheet dreams is collected or planned", id="unknown sheet"),
        pytest.param({"requires": ["dreams"]}, ["R10.a"], "no sheet dreams", id="unknown sheet beside a check"),
        pytest.param({"judged_by": "mart", "models": ["no_such"]}, [], "dbt project has no no_such", id="no model"),
        pytest.param(
            {"judged_by": "mart", "models": ["agg_region_month"]}, ["R10.a"], "yet has checks", id="gate and marts"
        ),
    ],
)
def test_a_rule_that_nothing_judges_is_refused(
    tmp_path: Path, changes: dict[str, Any], checks: list[str], complaint: str
):
    register = load(tmp_path, rule("R10", **changes))
    with pytest.raises(CatalogueError, match=complaint):
        register.require_sound({"R10": checks})


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param({"judged_by": "mart"}, "names their models", id="a mart without model"),
        pytest.param({"models": ["agg_region_month"]}, "names their models", id="a model without mart"),
        pytest.param({"level": 6}, "level", id="unknown level"),
        pytest.param({"severity": ["fatal"]}, "severity", id="unknown severity"),
        pytest.param({"severity": []}, "severity", id="no severity"),
        pytest.param({"source": ""}, "source", id="no source"),
        pytest.param({"version": 0}, "version", id="no version"),
        pytest.param({"valid_from": "2024"}, "is no month", id="no month"),
        pytest.param({"status": "active"}, "status", id="a state is derived, never written"),
    ],
)
def test_a_malformed_rule_is_refused(tmp_path: Path, changes: dict[str, Any], complaint: str):
    with pytest.raises(CatalogueError, match=complaint):
        load(tmp_path, rule("R10", **changes))


def test_a_rule_bears_the_name_of_its_file(tmp_path: Path):
    write_register(tmp_path)
    dump(tmp_path / "rules" / "R11.yml", rule("R10"))
    with pytest.raises(CatalogueError, match=r"rules/R11\.yml: the rule calls itself R10"):
        load_register(read_files(tmp_path))


def test_a_collected_sheet_is_no_longer_planned(tmp_path: Path):
    write_register(tmp_path, rule("R10"))
    dump(tmp_path / "planned_sheets.yml", {"summary": {"title_zh": "汇总", "title_en": "summary"}})
    with pytest.raises(CatalogueError, match="summary is collected already"):
        load_register(read_files(tmp_path)).require_sound({"R10": ["R10.january"]})


@pytest.mark.parametrize("order", [("2024.1.0", "2024.2.0"), ("2024.1.0", "2024.1.0")], ids=["rising", "twice"])
def test_versions_of_a_pack_stand_newest_first(tmp_path: Path, order: tuple[str, str]):
    with pytest.raises(CatalogueError, match="newest first"):
        load(tmp_path, rule("R10"), versions=[pack_version(version) for version in order])


def test_versions_are_ordered_as_numbers(tmp_path: Path):
    pack = load(tmp_path, rule("R10"), versions=[pack_version("2024.10.0"), pack_version("2024.9.0")]).pack
    assert pack.newest.version == "2024.10.0"


def test_the_hash_of_the_content_leaves_out_the_pack_alone(tmp_path: Path):
    files = read_files(write_register(tmp_path, rule("R10")))
    before = content_sha256(files)
    assert content_sha256(files | {"pack.yml": "other"}) == before
    for name in files.keys() - {"pack.yml"}:
        assert content_sha256(files | {name: "other"}) != before


def test_the_register_has_every_rule_on_figures():
    numbers = [*range(0, 8), *range(10, 15), *range(20, 30), *range(30, 40), *range(40, 50), *range(50, 57)]
    assert set(load_catalogue().register.rules) == {f"R{number:02}" for number in numbers}


def test_each_planned_sheet_is_waited_for():
    register = load_catalogue().register
    assert set(register.planned) == {name for rule in register.rules.values() for name in register.missing(rule)}

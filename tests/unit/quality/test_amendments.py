"""The files of waivers and corrections are validated at load, and nothing in them fails open."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from taizhang.quality.amendments import AmendmentError, load_amendments, today
from taizhang.quality.catalogue import CATALOGUE_DIR, load_catalogue
from tests.amendment_files import TODAY, amendments, correction, waiver, write

IN_SUMMARY = {"sheet": "汇总", "project": None, "breakdown": "分行业", "item": "农业", "column": "总投资"}


def faults(folder: Path, *entries: dict[str, Any]) -> list[str]:
    with pytest.raises(AmendmentError) as found:
        amendments(folder, *entries)
    return found.value.faults


def test_the_files_of_the_project_are_valid():
    assert load_amendments(load_catalogue()).on == today()


def test_no_folder_is_no_amendment(tmp_path: Path):
    found = load_amendments(load_catalogue(), tmp_path, TODAY)
    assert (found.waivers, found.corrections) == ((), ())


def test_entries_are_understood(tmp_path: Path):
    found = amendments(tmp_path, waiver(subject="项目4"), correction(new_value="30.50"))
    (first,), (second,) = found.waivers, found.corrections
    assert (first.months.first, first.months.last, first.expires) == (
        date(2024, 1, 1),
        date(2024, 3, 1),
        date(2024, 12, 31),
    )
    assert (second.definition.sheet, second.target.name, second.new_value) == (
        "project_progress", "month_completed_wan", "30.50",
    )  # fmt: skip
    assert second.entry["month"] == "2024-01-01"
    assert "expires" not in second.entry
    assert amendments(tmp_path, correction(sheet="project_progress", column="month_completed_wan")).corrections


def test_an_entry_counts_through_its_last_day(tmp_path: Path):
    entries = (waiver(expires="2024-06-01"), correction(expires="2024-06-01"))
    for day, active in ((date(2024, 6, 1), 1), (date(2024, 6, 2), 0)):
        found = amendments(tmp_path, *entries, on=day)
        assert (len(found.active_waivers), len(found.active_corrections)) == (active, active)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rule": "R99"}, "waiver W-1: there is no rule R99"),
        ({"rule": "R10.february"}, "waiver W-1: there is no rule R10.february"),
        ({"unit": "999999"}, "waivers/2024.yml: W-1: unit: the register has no unit 999999"),
        ({"unit": ["621122"]}, "unit: Input should be a valid string"),
        ({"expires": None}, "expires: Field required"),
        ({"expires": "2024-13-01"}, "expires: Input should be a valid date"),
        ({"reason": "  "}, "reason: String should have at least 1 character"),
        ({"author": None}, "author: Field required"),
        ({"severity": "info"}, "severity: Extra inputs are not permitted"),
        ({"months": {"from": "2024-03", "to": "2024-01"}}, "the months end (2024-01) before they begin (2024-03)"),
        ({"months": {"from": "2024-3", "to": "2024-04"}}, "2024-3 is no month"),
        ({"id": "a b"}, "id: String should match pattern"),
    ],
)
def test_a_waiver_that_is_not_valid_is_an_error(tmp_path: Path, changed: dict[str, Any], said: str):
    (fault,) = faults(tmp_path, waiver(**changed))
    assert said in fault


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"approver": "李"}, "author and approver are the same person: 李"),
        ({"approver": " 李 "}, "author and approver are the same person: 李"),
        ({"approver": None}, "approver: Field required"),
        ({"sheet": "封面"}, "封面 cannot be corrected: it is no table"),
        ({"sheet": "别的表"}, "there is no sheet 别的表"),
        ({"column": "本月完成"}, "项目进展 has no column 本月完成"),
        ({"project": None}, "a row of 项目进展 is named by project: a code or a name"),
        ({"item": "合计"}, "a row of 项目进展 is named by project: a code or a name"),
        (IN_SUMMARY | {"item": None}, "a row of 汇总 is named by breakdown and item"),
        (IN_SUMMARY | {"breakdown": "分颜色"}, "a row of 汇总 is named by breakdown and item"),
        (IN_SUMMARY | {"project": "项目4"}, "a row of 汇总 is named by breakdown and item"),
        ({"new_value": "约30"}, "约30 is no exact figure"),
        ({"new_value": "20.0"}, "old_value and new_value are the same: 20.0"),
        ({"old_value": None}, "old_value: Field required"),
    ],
)
def test_a_correction_that_is_not_valid_is_an_error(tmp_path: Path, changed: dict[str, Any], said: str):
    (fault,) = faults(tmp_path, correction(**changed))
    assert fault.startswith("corrections/2024.yml: C-1: ")
    assert said in fault


def test_an_old_value_may_be_what_nobody_could_read(tmp_path: Path):
    (found,) = amendments(tmp_path, correction(old_value="3O")).corrections
    assert found.old_value == "3O"


def test_every_fault_is_told_at_once(tmp_path: Path):
    assert len(faults(tmp_path, waiver(rule="R99"), waiver(id="W-2", unit="x"), correction(approver="李"))) == 3


def test_an_id_stands_once_in_all_files(tmp_path: Path):
    assert faults(tmp_path, waiver(id="A"), correction(id="A")) == ["the id A stands 2 times"]


def test_two_corrections_of_one_cell_are_an_error_unless_one_has_expired(tmp_path: Path):
    other = correction(id="C-2", column="month_completed_wan", new_value="31")
    assert faults(tmp_path, correction(), other) == ["C-1, C-2 correct the same cell"]
    assert len(amendments(tmp_path, correction(expires="2024-05-31"), other).corrections) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.yml", "- id: A\n  id: B\n", "id stands twice"),
        ("a.yml", "id: A\n", "a file is a list of entries"),
        ("a.yml", "", "a file is a list of entries"),
        ("a.yml", "- just a text\n", "entry 1"),
        ("a.yml", "- [\n", "a.yml: while parsing"),
        ("a.yaml", "[]\n", "the name of a file ends in .yml"),
        ("a.yml.bak", "[]\n", "the name of a file ends in .yml"),
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error(tmp_path: Path, name: str, content: str, said: str):
    write(tmp_path)
    (tmp_path / "waivers" / name).write_text(content, encoding="utf-8")
    with pytest.raises(AmendmentError, match=said):
        load_amendments(load_catalogue(), tmp_path, TODAY)


def test_a_readme_is_no_entry(tmp_path: Path):
    write(tmp_path)
    (tmp_path / "waivers" / "README.md").write_text("…", encoding="utf-8")
    assert load_amendments(load_catalogue(), tmp_path, TODAY).waivers == ()


def test_the_forms_of_the_guide_are_valid(tmp_path: Path):
    for kind in ("waivers", "corrections"):
        guide = (CATALOGUE_DIR / kind / "README.md").read_text(encoding="utf-8")
        (tmp_path / kind).mkdir()
        form = "\n".join(line[4:] for line in guide.splitlines() if line.startswith("    "))
        (tmp_path / kind / "form.yml").write_text(form, encoding="utf-8")
    found = load_amendments(load_catalogue(), tmp_path, TODAY)
    assert (len(found.waivers), len(found.corrections)) == (1, 1)


def test_digits_stay_as_they_are_written(tmp_path: Path):
    (tmp_path / "corrections").mkdir()
    lines = "\n  ".join(f"{key}: {value}" for key, value in correction(old_value="312.40", new_value="700.00").items())
    (tmp_path / "corrections" / "a.yml").write_text(f"- {lines}\n", encoding="utf-8")
    (found,) = load_amendments(load_catalogue(), tmp_path, TODAY).corrections
    assert (found.unit, found.old_value, found.corrected.value) == ("621122", "312.40", 700)

"""Two packs of rules judge the stored submissions of a month; nothing of it stays."""

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine
from typer.testing import CliRunner

from taizhang.cli.app import app
from taizhang.quality.amendments import Amendments, Waiver
from taizhang.quality.catalogue import CATALOGUE_DIR, load_catalogue
from taizhang.quality.compare import compare_packs
from taizhang.quality.gate import judge_batch
from taizhang.quality.register import CatalogueError
from taizhang.quality.rule_pack import UnknownPackError
from taizhang.reading.result import WorkbookReading
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, states, submit

pytestmark = [pytest.mark.usefixtures("own_counts"), pytest.mark.parametrize("server_url", ["embedded"], indirect=True)]

FALLS = "R11.ytd_does_not_fall"
TIES = "R10.ytd_carries_forward"


def reading(number: int, ytd: str, done: str) -> WorkbookReading:
    row = project(4, ytd_completed_wan=Decimal(ytd), month_completed_wan=Decimal(done))
    return workbook_reading(month=month(number), projects=[row])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the catalogue, to be changed."""
    return Path(shutil.copytree(CATALOGUE_DIR, tmp_path / "expectations"))


def change(pack: Path, name: str, old: str, new: str) -> None:
    path = pack / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def drop_check(pack: Path, suite: str, check_id: str) -> None:
    path = pack / "suites" / f"{suite}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["expectations"] = [entry for entry in content["expectations"] if entry["meta"]["check_id"] != check_id]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def make_stricter(pack: Path) -> None:
    """Let a fall of the year's amount hold the submission back."""
    change(pack, "rules/R11.yml", "severity: [warn]", "severity: [block, warn]")
    path = pack / "suites" / "progress_amounts.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    (entry,) = (entry for entry in content["expectations"] if entry["meta"]["check_id"] == FALLS)
    entry["severity"], entry["meta"]["severity"] = "critical", "block"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def file_a_fall(engine: Engine) -> list[int]:
    """January accepted; February accepted although the year's amount fell, its month being a correction."""
    numbers = submit(engine, reading(1, "30", "30"))
    judge_batch(engine)
    numbers += submit(engine, reading(2, "20", "-10"))
    judge_batch(engine)
    assert states(engine, numbers) == ["accepted", "accepted"]
    return numbers


def test_the_same_pack_changes_nothing(engine: Engine):
    file_a_fall(engine)
    found = compare_packs(engine, "current", str(CATALOGUE_DIR), month(2))
    assert (found.submissions, found.outcomes, found.checks, found.examples) == (1, [], [], [])
    assert found.before.findings == found.after.findings > 0


def test_a_stricter_rule_changes_outcome_and_severity_and_nothing_is_kept(engine: Engine, pack: Path):
    numbers = file_a_fall(engine)
    make_stricter(pack)
    kept = "select count(*) from audit.finding union all select count(*) from audit.gate_run"
    before = rows_of(engine, kept)
    found = compare_packs(engine, "current", str(pack), month(2))
    (outcome,) = found.outcomes
    assert (outcome.submission_id, outcome.before, outcome.after) == (
        numbers[1],
        "accepted_with_warnings",
        "quarantined",
    )
    (check,) = found.checks
    assert (check.check_id, check.severity_before, check.severity_after) == (FALLS, "warn", "block")
    assert (check.added, check.removed, check.changed) == (0, 0, 1)
    (example,) = found.examples
    assert (example.sheet, example.before, example.after, example.value) == ("项目进展", "warn", "block", "20")
    assert example.cell is not None
    assert example.cell.endswith("4")
    assert rows_of(engine, kept) == before
    assert states(engine, numbers) == ["accepted", "accepted"]
    json.dumps(found.to_json(), ensure_ascii=False)


def test_a_waiver_counts_with_both_packs(engine: Engine, pack: Path):
    file_a_fall(engine)
    make_stricter(pack)
    entry = {
        "id": "W1", "unit": "621122", "rule": FALLS, "months": {"from": "2024-02", "to": "2024-02"},
        "reason": "更正一月多报", "author": "张三", "expires": date(2099, 1, 1),
    }  # fmt: skip
    waived = Amendments((Waiver.model_validate(entry),), (), date(2024, 4, 1))
    found = compare_packs(engine, "current", str(pack), month(2), waived)
    assert found.outcomes == []
    assert [(check.check_id, check.changed) for check in found.checks] == [(FALLS, 1)]


def test_what_was_held_back_is_judged_while_nothing_newer_stands(engine: Engine, pack: Path):
    numbers = submit(engine, reading(1, "30", "30"), reading(2, "70", "30"))
    judge_batch(engine)
    assert states(engine, numbers) == ["accepted", "quarantined"]
    drop_check(pack, "progress_amounts", TIES)
    found = compare_packs(engine, "current", str(pack), month(2))
    (outcome,) = found.outcomes
    assert (outcome.submission_id, outcome.state, outcome.before) == (numbers[1], "quarantined", "quarantined")
    assert outcome.after != "quarantined"
    (check,) = (entry for entry in found.checks if entry.check_id == TIES)
    assert (check.severity_after, check.added, check.removed) == (None, 0, 1)
    submit(engine, reading(2, "60", "30"))
    judge_batch(engine)
    again = compare_packs(engine, "current", str(pack), month(2))
    assert (again.submissions, again.outcomes) == (1, [])


def test_a_stored_pack_is_found_by_its_version(engine: Engine, pack: Path):
    file_a_fall(engine)
    (stored,) = rows_of(engine, "select catalogue_version, pack_version, files, checks from audit.rule_pack")
    catalogue = load_catalogue()
    assert (stored["catalogue_version"], stored["pack_version"]) == (catalogue.version, catalogue.pack_version)
    assert [check["check_id"] for check in stored["checks"]] == [check.meta.check_id for check in catalogue.checks]
    (run,) = rows_of(engine, "select distinct pack_version from audit.gate_run")
    assert run["pack_version"] == catalogue.pack_version
    make_stricter(pack)
    for name in (catalogue.version[:10], catalogue.pack_version):
        found = compare_packs(engine, name, str(pack), month(2))
        assert found.before.catalogue_version == catalogue.version
        assert [outcome.after for outcome in found.outcomes] == ["quarantined"]


def test_a_pack_that_is_not_there_is_named(engine: Engine):
    with pytest.raises(UnknownPackError, match="no_such is neither a folder nor a stored rule pack"):
        compare_packs(engine, "current", "no_such", month(2))


def test_a_pack_with_columns_of_another_time_is_refused(engine: Engine, pack: Path):
    change(pack, "suites/progress_amounts.yml", "column: total_investment_wan", "column: gone_wan")
    with pytest.raises(CatalogueError, match="has no column gone_wan"):
        compare_packs(engine, "current", str(pack), month(2))


def test_a_pack_is_kept_once(engine: Engine):
    file_a_fall(engine)
    assert rows_of(engine, "select count(*) as packs from audit.rule_pack") == [{"packs": 1}]
    assert rows_of(engine, "select count(*) as runs from audit.gate_run") == [{"runs": 2}]


def test_the_command_compares_and_lists_every_difference(engine: Engine, pack: Path):
    file_a_fall(engine)
    make_stricter(pack)
    result = CliRunner().invoke(
        app, ["rules", "compare", "current", str(pack), "--month", "2024-02", "--json"], catch_exceptions=False
    )
    printed = json.loads(result.stdout)
    assert (printed["submissions"], printed["report_month"]) == (1, "2024-02")
    assert [entry["after"] for entry in printed["outcomes"]] == ["quarantined"]
    assert [entry["check_id"] for entry in printed["examples"]] == [FALLS]

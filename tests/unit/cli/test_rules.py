"""`taizhang rules` lists and explains the catalogue."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from taizhang.cli import rules
from taizhang.quality import catalogue as catalogue_module
from taizhang.quality import compare
from taizhang.quality.catalogue import CATALOGUE_DIR, load_catalogue
from taizhang.quality.rule_page import write_page
from taizhang.settings import PROJECT_ROOT
from tests.rule_files import dump, rule

app = typer.Typer()
rules.register(app)
# A second command, so that the first keeps its name.
app.command()(lambda: None)


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments], catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == 0
    return result.output


def test_all_rules_as_json():
    printed = json.loads(invoke("--json"))
    catalogue = load_catalogue()
    assert (printed["catalogue_version"], printed["pack_version"]) == (catalogue.version, catalogue.pack_version)
    assert [entry["check_id"] for entry in printed["rules"]] == [check.meta.check_id for check in catalogue.checks]
    assert {entry["id"] for entry in printed["register"]} == set(catalogue.register.rules)
    assert all(entry["examples"].keys() == {"pass", "fail"} for entry in printed["rules"])


@pytest.fixture
def with_a_waiting_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue and a rule R57 on tenders, which nobody files."""
    folder = tmp_path / "expectations"
    shutil.copytree(CATALOGUE_DIR, folder)
    dump(folder / "rules" / "R57.yml", rule("R57", requires=["tenders"]))
    dump(folder / "planned_sheets.yml", {"tenders": {"title_zh": "招标投标", "title_en": "tenders"}})
    monkeypatch.setattr(catalogue_module, "load_catalogue", lambda: load_catalogue(folder))


@pytest.mark.usefixtures("with_a_waiting_rule")
def test_the_list_tells_active_rules_from_those_that_wait():
    rows = {line.split()[0]: line for line in invoke().splitlines() if line.startswith("R")}
    assert "启用" in rows["R10"]
    assert "等待" in rows["R57"]
    assert "招标投标" in rows["R57"]


def test_no_rule_of_the_catalogue_waits():
    assert "等待数据 0 条" in invoke()


def test_one_check_is_explained_with_its_rule_and_an_example_of_each_kind():
    text = invoke("R10.january")
    assert "一月累计 = 一月当月" in text
    assert "本年累计 = 上月本年累计 + 本月完成" in text
    assert "expect_interval_sum_to_tie" in text
    assert "  通过的例子：{" in text
    assert "  不通过的例子：{" in text
    assert "R10.ytd_carries_forward" not in text


def test_a_rule_is_explained_with_all_its_checks():
    text = invoke("R10")
    assert all(check.meta.check_id in text for check in load_catalogue().checks_of("R10"))


def test_the_standard_behind_a_rule_is_named():
    assert "依据：GB/T 40058-2021" in invoke("R01.code_form")


def test_a_rate_is_explained_with_numerator_and_denominator():
    assert "completion_rate_pct = ytd_completed_wan ÷ annual_plan_wan" in invoke("R23.printed_rate")


@pytest.mark.usefixtures("with_a_waiting_rule")
def test_a_rule_that_waits_says_for_what():
    text = invoke("R57")
    assert "等待：招标投标" in text
    (entry,) = json.loads(invoke("R57", "--json"))["register"]
    assert entry["waits_for"] == [{"sheet": "tenders", "title_zh": "招标投标", "title_en": "tenders"}]
    assert (entry["state"], entry["checks"]) == ("waiting", [])


def test_a_rule_that_does_not_exist_is_named():
    with pytest.raises(rules.UnknownRuleError, match="R99"):
        invoke("R99")


def test_the_page_of_rules_is_the_one_that_the_catalogue_gives():
    page = (PROJECT_ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == write_page(load_catalogue()), "the page is stale: taizhang rules page"


def test_the_page_is_written_where_asked(tmp_path: Path):
    invoke("page", "--output", str(tmp_path / "rules.md"))
    text = (tmp_path / "rules.md").read_text(encoding="utf-8")
    assert "## R10 本年累计衔接 (The amount of the year carries forward)" in text
    assert "占年度计划 = 本年累计完成投资 ÷ 年度计划投资" in text


def comparison(**changes: Any) -> compare.Comparison:
    pack = compare.ComparedPack("current", "a" * 64, "2026.11.0", 80, 3)
    nothing: dict[str, Any] = {"outcomes": [], "checks": [], "examples": []}
    return compare.Comparison(date(2024, 3, 1), 2, pack, pack, **(nothing | changes))


def test_a_comparison_without_a_difference_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compare, "compare_packs", lambda *_: comparison())
    text = invoke("compare", "current", "current", "--month", "2024-03")
    assert "没有报表的结论改变" in text
    assert "没有核查结果改变" in text


def test_a_comparison_names_submissions_checks_and_cells(monkeypatch: pytest.MonkeyPatch):
    found = comparison(
        outcomes=[compare.ChangedOutcome(7, "621122", "月报.xlsx", "accepted", "accepted", "quarantined")],
        checks=[compare.ChangedCheck("R11.ytd_does_not_fall", "warn", "block", 0, 0, 1)],
        examples=[
            compare.Example(
                "R11.ytd_does_not_fall",
                "changed",
                7,
                "621122",
                "月报.xlsx",
                "项目进展",
                "N4",
                "30",
                "说明",
                "warn",
                "block",
            )
        ],
    )
    monkeypatch.setattr(compare, "compare_packs", lambda *_: found)
    text = invoke("compare", "current", "current", "--month", "2024-03")
    assert "月报.xlsx" in text
    assert "退回，请修改" in text
    assert "改级 R11.ytd_does_not_fall 621122 项目进展 N4：说明" in text
    printed = json.loads(invoke("compare", "current", "current", "--month", "2024-03", "--json"))
    assert printed["outcomes"][0]["after"] == "quarantined"
    assert printed["report_month"] == "2024-03"

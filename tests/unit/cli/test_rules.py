"""`taizhang rules` lists and explains the catalogue."""

import json

import pytest
import typer
from typer.testing import CliRunner

from taizhang.cli import rules
from taizhang.quality.catalogue import load_catalogue

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
    assert printed["catalogue_version"] == catalogue.version
    assert [entry["check_id"] for entry in printed["rules"]] == [check.meta.check_id for check in catalogue.checks]


def test_one_rule_is_explained():
    text = invoke("R10.january")
    assert "一月累计 = 一月当月" in text
    assert "expect_interval_sum_to_tie" in text


def test_the_standard_behind_a_rule_is_named():
    assert "依据：GB/T 40058-2021" in invoke("R01.code_form")


def test_a_rule_that_does_not_exist_is_named():
    with pytest.raises(rules.UnknownRuleError, match="R99"):
        invoke("R99")

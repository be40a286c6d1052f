"""The catalogue is refused when anything in it could fail open."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from taizhang.dictionary import load_dictionary
from taizhang.quality.catalogue import CatalogueError, load_catalogue
from taizhang.reading.result import IssueKind
from tests.rule_files import rule, write_register


def entry(**changes: Any) -> dict[str, Any]:
    """One sound entry, with these changes; a change `meta__x` goes into meta."""
    meta = {
        "check_id": "R14.paid",
        "rule_id": "R14",
        "level": 1,
        "severity": "block",
        "title_zh": "支付",
        "title_en": "Paid",
        "message_zh": "已支付 {funds_paid_wan}",
        "message_en": "paid {funds_paid_wan}",
        "advice_zh": "核对",
        "column": "funds_paid_wan",
    }
    plain = {
        "type": "expect_column_values_to_be_between",
        "severity": "critical",
        "kwargs": {"column": "funds_paid_wan", "min_value": 0},
    }
    meta |= {name.removeprefix("meta__"): value for name, value in changes.items() if name.startswith("meta__")}
    own = {name: value for name, value in changes.items() if not name.startswith("meta__")}
    return {**plain, **own, "meta": meta}


def write(folder: Path, *entries: dict[str, Any], name: str = "funds", table: str = "project_progress") -> Path:
    suite = {"name": name, "meta": {"judged_table": table, "about": "test"}, "expectations": list(entries)}
    write_register(folder, rule("R14"))
    (folder / "suites").mkdir(exist_ok=True)
    (folder / "suites" / "funds.yml").write_text(yaml.safe_dump(suite, allow_unicode=True), encoding="utf-8")
    return folder


def test_a_sound_entry_loads(tmp_path: Path):
    (check,) = load_catalogue(write(tmp_path, entry())).checks
    assert (check.meta.rule_id, check.table.table) == ("R14", "judged_project_progress")


def test_an_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match=r"has no planned_sheets\.yml, pack\.yml"):
        load_catalogue(tmp_path)


def test_a_register_without_suites_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match="holds no rule"):
        load_catalogue(write_register(tmp_path, rule("R14")))


def test_a_suite_without_expectations_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match="expectations"):
        load_catalogue(write(tmp_path))


def test_a_catalogue_that_blocks_nothing_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match="blocks anything"):
        load_catalogue(write(tmp_path, entry(severity="info", meta__severity="info")))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param({"severity": "fatal"}, "severity", id="severity unknown to Great Expectations"),
        pytest.param({"meta__severity": "fatal"}, "severity", id="severity unknown to us"),
        pytest.param({"severity": "warning"}, "is not our block", id="severities that differ"),
        pytest.param({"type": "expect_miracles"}, "is not known", id="unknown type"),
        pytest.param({"kwargs": {"column": "no_such", "min_value": 0}}, "has no column no_such", id="unknown column"),
        pytest.param({"kwargs": {"column": "funds_paid_wan"}}, "min_value or max_value", id="no bound"),
        pytest.param(
            {"kwargs": {"column": "funds_paid_wan", "min_value": 0, "mostly": 0.9}}, "mostly", id="unknown argument"
        ),
        pytest.param(
            {
                "kwargs": {
                    "column": "funds_paid_wan",
                    "min_value": 0,
                    "row_condition": {"type": "nullity", "column": {"name": "no_such"}, "is_null": True},
                }
            },
            "has no column no_such",
            id="unknown column in the row condition",
        ),
        pytest.param({"meta__column": "no_such"}, "has no column no_such", id="unknown cell"),
        pytest.param({"meta__column": None}, "meta.column must say", id="no cell"),
        pytest.param({"meta__message_zh": "{no_such}"}, "names no_such", id="unknown placeholder"),
        pytest.param({"meta__message_zh": "{funds_paid_wan"}, "R14.paid", id="brace without partner"),
        pytest.param({"meta__message_zh": "{funds_paid_wan:.2f}"}, "is no placeholder", id="format in a placeholder"),
        pytest.param({"meta__check_id": "R13.paid"}, "starts with its rule's id", id="id of another rule"),
        pytest.param({"meta__surprise": 1}, "surprise", id="unknown key"),
        pytest.param({"meta__level": 6}, "level", id="unknown level"),
        pytest.param({"meta__level": 2}, "level 2 is not 1", id="level of no rule"),
        pytest.param({"meta__check_id": "R13.paid", "meta__rule_id": "R13"}, r"no rules/R13\.yml", id="no rule"),
        pytest.param({"meta__valid_from": "1999-12"}, "valid before its rule", id="older than its rule"),
        pytest.param({"meta__valid_from": "1999-13"}, "is no month", id="no month"),
        pytest.param({"meta__version": 0}, "version", id="no version"),
        pytest.param({"meta__source": "mine"}, "source", id="a source beside the rule's"),
    ],
)
def test_an_entry_that_could_fail_open_is_refused(tmp_path: Path, changes: dict[str, Any], complaint: str):
    with pytest.raises(CatalogueError, match=complaint):
        load_catalogue(write(tmp_path, entry(**changes)))


def test_a_check_id_stands_once(tmp_path: Path):
    with pytest.raises(CatalogueError, match=r"R14\.paid"):
        load_catalogue(write(tmp_path, entry(), entry()))


@pytest.mark.parametrize(("name", "table"), [("other", "project_progress"), ("funds", "no_such_table")])
def test_a_suite_belongs_to_its_file_and_to_a_judged_table(tmp_path: Path, name: str, table: str):
    with pytest.raises(CatalogueError, match=r"funds\.yml"):
        load_catalogue(write(tmp_path, entry(), name=name, table=table))


def test_the_version_changes_with_any_byte(tmp_path: Path):
    before = load_catalogue(write(tmp_path, entry())).version
    path = tmp_path / "suites" / "funds.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_catalogue(tmp_path).version != before


def test_each_kind_of_reading_issue_is_judged_by_exactly_one_check():
    judged = [
        kind
        for check in load_catalogue().checks
        if check.table.name == "reading_issue"
        for kind in check.entry.kwargs["value_set"]
    ]
    assert sorted(judged) == sorted(IssueKind)


def test_each_required_column_of_the_dictionary_is_required_by_exactly_one_check():
    tables = {"submission": "cover"}
    demanded = sorted(
        (tables.get(check.table.name, check.table.name), check.entry.kwargs["column"])
        for check in load_catalogue().checks
        if check.meta.rule_id == "R00" and check.entry.type == "expect_column_values_to_not_be_null"
    )
    required = sorted(
        (sheet.sheet, column.name)
        for sheet in load_dictionary().values()
        for column in sheet.columns
        if column.required
    )
    assert demanded == required


def test_severity_of_a_check_is_one_of_its_rule(tmp_path: Path):
    write(tmp_path, entry())
    write_register(tmp_path, rule("R14", severity=["warn"]))
    with pytest.raises(CatalogueError, match=r"severity block is none of rules/R14\.yml"):
        load_catalogue(tmp_path)


def test_version_and_first_month_come_from_the_rule_unless_the_check_states_its_own(tmp_path: Path):
    own = entry(meta__check_id="R14.own", meta__version=3, meta__valid_from="2024-05")
    (plain, stated) = load_catalogue(write(tmp_path, entry(), own)).checks
    assert (plain.version, plain.valid_from) == (1, date(2000, 1, 1))
    assert (stated.version, stated.valid_from) == (3, date(2024, 5, 1))


@pytest.mark.parametrize(
    "given",
    [
        None,
        {"type": "nullity", "column": {"name": "remark"}, "is_null": True},
        {
            "type": "and",
            "conditions": [
                {"type": "nullity", "column": {"name": "remark"}, "is_null": True},
                {"type": "comparison", "column": {"name": "month_of_year"}, "operator": ">", "parameter": 1},
            ],
        },
    ],
    ids=["no condition", "one condition", "several conditions"],
)
def test_a_check_says_nothing_of_earlier_months(tmp_path: Path, given: dict[str, Any] | None):
    kwargs = {"column": "funds_paid_wan", "min_value": 0} | ({"row_condition": given} if given else {})
    (check,) = load_catalogue(write(tmp_path, entry(kwargs=kwargs, meta__valid_from="2024-05"))).checks
    applies = check.predicate("gate").applies
    assert "report_month >= date '2024-05-01'" in applies
    assert ("remark is null" in applies) == (given is not None)

"""The catalogue is refused when anything in it could fail open."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from taizhang.dictionary import load_dictionary
from taizhang.quality.catalogue import CatalogueError, load_catalogue
from taizhang.reading.result import IssueKind


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
        "source": "test",
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
    (folder / "suites").mkdir(exist_ok=True)
    (folder / "suites" / "funds.yml").write_text(yaml.safe_dump(suite, allow_unicode=True), encoding="utf-8")
    return folder


def test_a_sound_entry_loads(tmp_path: Path):
    (check,) = load_catalogue(write(tmp_path, entry())).checks
    assert (check.meta.rule_id, check.table.table) == ("R14", "judged_project_progress")


def test_an_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match="holds no rule"):
        load_catalogue(tmp_path)


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


def test_the_catalogue_has_the_rules_of_this_stage():
    wanted = {f"R{number:02}" for number in (0, 1, 2, 5, 7, 10, 11, 12, 13, 14, 20, 21, 23, 25, 31, 33, 53)}
    assert {check.meta.rule_id for check in load_catalogue().checks} == wanted


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

"""The reader's words and messages agree with its kinds of issue and with the dictionary."""

from datetime import date
from pathlib import Path

import pytest

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.reading.headers import label_index, normal_label
from taizhang.reading.messages import MESSAGE_KINDS, messages
from taizhang.reading.result import IssueKind
from taizhang.reading.vocabulary import vocabulary
from taizhang.reading.workbook import read_workbook
from taizhang.template import write_template

SHEETS = list(load_dictionary().values())
MONTH = date(2024, 3, 1)


def test_every_kind_of_issue_has_a_message() -> None:
    assert {kind.value for kind in IssueKind} <= messages()["issues"].keys() | {
        kind.value for kind in MESSAGE_KINDS.values()
    }


def test_every_message_leads_to_a_kind_in_both_languages() -> None:
    kinds = {kind.value for kind in IssueKind}
    for key, texts in messages()["issues"].items():
        assert key in kinds or key in MESSAGE_KINDS, key
        assert texts["zh"]
        assert texts["en"]
    assert MESSAGE_KINDS.keys() <= messages()["issues"].keys()
    assert all(texts["zh"] and texts["en"] for texts in messages()["refusals"].values())
    assert len(messages()["refusals"]) >= 15


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.sheet)
def test_every_label_and_alias_is_found_by_its_own_column(sheet: Sheet) -> None:
    index = label_index(sheet.sheet, MONTH)
    for column in sheet.columns:
        for label in (column.label, *column.aliases):
            written = label.replace("{month}", "3")
            path = (column.group, written) if column.group else (written,)
            match = index.match(tuple(part for part in path if part))
            assert match.column == column, f"{written} of {column.name} is taken for {match.column}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.sheet)
def test_no_label_means_two_columns(sheet: Sheet) -> None:
    index = label_index(sheet.sheet, MONTH)
    twice = {label: [column.name for column in found] for label, found in index.columns.items() if len(found) > 1}
    assert index.columns
    assert twice == {}


def test_words_do_not_contradict_each_other() -> None:
    words = vocabulary()
    assert not words.yes_words & words.no_words
    assert not words.none_marks & (words.yes_words | words.no_words | words.ditto_marks)
    assert not words.none_marks & words.units.keys()
    assert {unit.kind for unit in words.units.values()} == {"amount", "rate", "points", "count"}


@pytest.mark.parametrize("unit_code", ["621122", "532900K1"])
def test_the_official_workbook_is_understood_to_the_last_column(tmp_path: Path, unit_code: str) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, unit_code, MONTH)
    reading = read_workbook(path)
    assert (reading.unit_code, reading.report_month) == (unit_code, MONTH)
    assert reading.template_version
    assert reading.sheets.keys() == load_dictionary().keys()
    for sheet in SHEETS:
        if sheet.layout == "table":
            found = [column.name for column in reading.sheets[sheet.sheet].columns]
            assert found == [column.name for column in sheet.columns]
    assert {issue.kind for issue in reading.issues} <= {IssueKind.NO_ROWS}


def test_labels_are_compared_without_marks_and_width() -> None:
    assert normal_label("＊ 项目 名称：") == "项目名称"

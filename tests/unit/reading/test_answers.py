"""A feedback workbook that comes back: its lists are no data, and the answers in them are found."""

from pathlib import Path

import openpyxl
import pytest

from taizhang.feedback.marking import mark_workbook
from taizhang.reading.result import Explanation
from taizhang.reading.workbook import read_workbook
from tests.unit.feedback.workbooks import feedback, remark
from tests.unit.reading.books import NAME, save

KEYS = [f"{number:032x}" for number in range(1, 61)]


@pytest.fixture
def back(tmp_path: Path) -> openpyxl.Workbook:
    """A marked workbook as it is opened again; 50 findings stand on the first list, 10 on the second."""
    path = save(tmp_path / NAME)
    given = feedback(*(remark("C3", number=number) for number in range(1, 61)))
    path.write_bytes(mark_workbook(path.read_bytes(), given))
    return openpyxl.load_workbook(path)


def answer(book: openpyxl.Workbook, title: str, row: int, text: str) -> None:
    book[title].cell(row, 11).value = text


def test_marks_and_lists_do_not_disturb_reading(tmp_path: Path, back: openpyxl.Workbook):
    plain = read_workbook(save(tmp_path / NAME))
    path = tmp_path / "back" / NAME
    path.parent.mkdir()
    back.save(path)
    reading = read_workbook(path)
    assert reading.issues == plain.issues
    assert reading.explanations == []
    for name, sheet in plain.sheets.items():
        assert reading.sheets[name].rows.equals(sheet.rows)
        assert reading.sheets[name].columns == sheet.columns


def test_answers_are_found_on_both_lists_whatever_they_are_called(tmp_path: Path, back: openpyxl.Workbook):
    answer(back, "核查意见", 8, " 属实 ")
    answer(back, "核查意见（续）", 3, "上月漏报")
    back["核查意见"].title = "意见1"
    back["核查意见（续）"].insert_cols(4)
    back.save(tmp_path / NAME)
    assert read_workbook(tmp_path / NAME).explanations == [
        Explanation(KEYS[0], "属实", 12, "意见1", 8),
        Explanation(KEYS[50], "上月漏报", 12, "核查意见（续）", 3),
    ]


def test_a_hidden_list_is_read_and_not_noted(tmp_path: Path, back: openpyxl.Workbook):
    answer(back, "核查意见", 9, "属实")
    back["核查意见"].sheet_state = "hidden"
    back.save(tmp_path / NAME)
    reading = read_workbook(tmp_path / NAME)
    assert [given.finding_key for given in reading.explanations] == [KEYS[1]]
    assert "hidden_sheet" not in {issue.kind.value for issue in reading.issues}


def test_of_two_answers_to_one_finding_the_first_counts_and_what_is_no_key_is_passed_over(
    tmp_path: Path, back: openpyxl.Workbook
):
    sheet = back["核查意见"]
    for row, text in ((8, "一"), (9, "二"), (10, "三")):
        answer(back, "核查意见", row, text)
    sheet["A9"].value = KEYS[0]
    sheet["A10"].value = "'; drop table audit.finding"
    sheet["B8"].value = "no number"
    back.save(tmp_path / NAME)
    assert read_workbook(tmp_path / NAME).explanations == [Explanation(KEYS[0], "一", None, "核查意见", 8)]


def test_a_sheet_of_their_own_with_that_name_is_unknown(tmp_path: Path):
    path = save(tmp_path / NAME)
    book = openpyxl.load_workbook(path)
    book.create_sheet("核查意见", 0).append(["我们的意见", "说明"])
    book.save(path)
    reading = read_workbook(path)
    assert [issue.kind.value for issue in reading.issues if issue.sheet_title == "核查意见"] == ["sheet_unknown"]

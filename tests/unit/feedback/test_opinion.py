"""The list in front: what it says, where it links to, and that no text in it becomes anything but text."""

from io import BytesIO

import openpyxl
import pytest
from lxml import etree

from taizhang.feedback.marking import mark_workbook
from taizhang.feedback.model import Feedback
from taizhang.feedback.xml_text import clean, excel_text
from tests.unit.feedback.workbooks import PROGRESS, feedback, parts_of, remark, rich_workbook

FIRST, MORE = "核查意见", "核查意见（续）"


@pytest.fixture(scope="module")
def sent() -> bytes:
    return rich_workbook()


def listed(sent: bytes, given: Feedback, title: str = FIRST) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(BytesIO(mark_workbook(sent, given)))[title]


def column(sheet: openpyxl.worksheet.worksheet.Worksheet, letter: str) -> list[object]:
    return [cell.value for cell in sheet[letter] if cell.value is not None]


def test_what_is_held_back_says_so_with_the_day(sent: bytes):
    sheet = listed(sent, feedback(remark("D4"), remark("D5", "warn", 2), remark("D6", "info", 3)))
    assert sheet["C1"].value == "核查意见：陇西县 2024年3月重大项目月报（第 12 号报送）"
    assert sheet["E2"].value == "退回修改。共 3 条意见：必改 1 条，请说明 1 条，提示 1 条。"
    assert sheet["E3"].value == ("本次报送的数据（“项目进展”3 行、“汇总”1 行）均未采用；该月目前没有已接收的数据。")
    assert sheet["E4"].value.startswith("请于 2024年4月15日 前改正全部“必改”项")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"outcome": "accepted"}, "本次报送的数据已全部采用：“项目进展”3 行、“汇总”1 行。"),
        ({"in_force": 8}, "该月此前已接收的第 8 号报送继续有效"),
        ({"outcome": "superseded"}, "现以同月后报的工作簿为准"),
    ],
)
def test_what_was_accepted(sent: bytes, more: dict[str, object], said: str):
    assert said in listed(sent, feedback(remark("D4", "warn"), **more))["E3"].value


def test_who_has_answered_everything_is_not_asked_again(sent: bytes):
    answered, open_one = remark("D4", "warn", answer="冲减二月多报"), remark("D5", "warn", 2)
    sheet = listed(sent, feedback(answered, remark("D6", "info", 3), outcome="accepted"))
    assert sheet["E2"].value == "已接收，“请说明”项均已答复。共 2 条意见：请说明 1 条，提示 1 条。"
    assert sheet["E4"].value == "已收到全部说明，无须再报；数据有误或说明需要补充的，改正后重新报送。"
    assert "逐条答复" in listed(sent, feedback(answered, open_one, outcome="accepted"))["E4"].value
    assert listed(sent, feedback(answered, outcome="quarantined"))["E2"].value.startswith("退回修改。")


def test_findings_stand_by_severity_and_rule_with_a_link_to_their_cell(sent: bytes):
    sheet = listed(
        sent,
        feedback(
            remark("D5", "warn", 2, suggestion="本年累计改为 42"),
            remark("D4", "block", 1, answer="已更正"),
            remark(None, "info", 3, sheet_title=None),
        ),
    )
    assert column(sheet, "C")[-6:] == [
        "R10 本年累计应衔接：必改 1 条", "1", "R10 R10.warn：请说明 1 条", "2", "R10 R10.info：提示 1 条", "3",
    ]  # fmt: skip
    assert [sheet[cell].value for cell in ("D8", "E8", "F8", "G8", "H8", "I8", "J8", "K8")] == [
        "必改", PROGRESS, "D4", "渭河大桥", "30.5",
        "本年累计 30.5 ≠ 上月累计 12 + 本月 20", "核对本月完成与本年累计。", "已更正",
    ]  # fmt: skip
    assert sheet["J10"].value == "核对本月完成与本年累计。\n建议：本年累计改为 42"
    assert [sheet[cell].hyperlink.location for cell in ("F8", "F10")] == [f"'{PROGRESS}'!D4", f"'{PROGRESS}'!D5"]
    assert sheet["F12"].hyperlink is None
    assert [sheet[cell].value for cell in ("A1", "A6", "A8", "B8")] == [
        "taizhang-feedback", "finding_key", f"{1:032x}", "12",
    ]  # fmt: skip
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "A7"


def test_a_waived_finding_is_information(sent: bytes):
    given = feedback(remark("D4", "block", waiver_id="W-2024-03"), remark("D5", "warn", 2))
    sheet = listed(sent, given)
    assert sheet["E2"].value == "退回修改。共 2 条意见：必改 0 条，请说明 1 条，提示 1 条。"
    assert (sheet["D10"].value, sheet["J10"].value) == ("已豁免", "已准予豁免（W-2024-03），不需改正。")


def test_of_many_the_first_of_each_rule_stand_in_front_and_the_rest_in_the_second_sheet(sent: bytes):
    remarks = [remark(f"D{row}", "block", row) for row in range(4, 124)] + [remark("B4", "warn", 999)]
    given = feedback(*remarks)
    given.counts["block", "R10.block"] += 7
    first, more = listed(sent, given), listed(sent, given, MORE)
    assert first["C7"].value == "R10 本年累计应衔接：必改 127 条，此处列出前 50 条，其余见“核查意见（续）”"
    assert first["C7"].hyperlink.location == "'核查意见（续）'!C3"
    numbers = [str(number) for number in range(1, 122)]
    assert [cell for cell in column(first, "C") if str(cell).isdigit()] == numbers[:51]
    assert [cell for cell in column(more, "C") if str(cell).isdigit()] == numbers[51:]
    assert more["F3"].hyperlink.location == f"'{PROGRESS}'!D54"
    assert "另有 7 条没有列出" in str(column(first, "C")[-1])


HOSTILE = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "<c t='x'>&amp;</c>", "]]>",
    "a\x00b\x0bc\x1f\ud800\uffff", "_x0000_ _x0041_", "‮中文", "甲" * 40_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:12])
def test_text_of_others_stays_text(sent: bytes, text: str):
    given = feedback(
        remark("D4", "warn", message=text, value=text, subject=text, advice=text, suggestion=text, answer=text),
        remark("D5", sheet_title=text),
        unit_name=text[:20],
        titles={"R10.warn": text},
    )
    marked = mark_workbook(sent, given)
    parts = parts_of(marked)
    ours = etree.fromstring(parts["xl/worksheets/sheet4.xml"])
    assert ours.xpath("//*[local-name()='f']") == []
    cells = ours.xpath("//*[local-name()='c'][*]")
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    shown = "".join(cells[next(at for at, cell in enumerate(cells) if cell.get("r") == "H10")].itertext())
    assert shown == excel_text(clean(text, 60))
    comment = openpyxl.load_workbook(BytesIO(marked))[PROGRESS]["D4"].comment
    assert comment.text.startswith("【请说明】")
    assert len(comment.text) < 32_767


def test_a_cell_with_very_many_findings_names_how_many_more_there_are(sent: bytes):
    given = feedback(*(remark("D4", number=number, message="长" * 900) for number in range(10)))
    comment = openpyxl.load_workbook(BytesIO(mark_workbook(sent, given)))[PROGRESS]["D4"].comment
    assert comment.text.count("【必改】") == 4
    assert comment.text.endswith("另有 6 条，见“核查意见”。")


def test_what_xml_cannot_hold_is_left_out_and_long_texts_are_cut():
    assert clean("a\x00b\r\nc\ud800") == "ab\nc"
    assert clean("甲乙丙丁", 3) == "甲乙…"
    assert excel_text("_x0041_") == "_x005F_x0041_"

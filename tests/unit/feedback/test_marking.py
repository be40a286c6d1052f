"""Marks in a submitter's own workbook: the cells of the findings change, and nothing else."""

from io import BytesIO

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from taizhang.feedback import marking
from taizhang.feedback.marking import mark_workbook
from taizhang.feedback.package import PartError
from taizhang.feedback.styling import COLOURS
from tests.unit.feedback.workbooks import (
    PROGRESS,
    SUMMARY,
    contents,
    feedback,
    parts_of,
    remark,
    rich_workbook,
    with_parts,
)

SHEET_PART = "xl/worksheets/sheet2.xml"
LIST_TITLE = "核查意见"


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def fill(data: bytes, cell: str, sheet: str = PROGRESS) -> str:
    return str(opened(data)[sheet][cell].fill.fgColor.rgb)


@pytest.fixture(scope="module")
def sent() -> bytes:
    return rich_workbook()


def test_values_and_formulas_are_the_same_before_and_after(sent: bytes):
    marked = mark_workbook(sent, feedback(remark("D4"), remark("B5", "warn", 2), remark("C9", "info", 3)))
    assert contents(marked, leave_out=[LIST_TITLE]) == contents(sent)
    assert contents(marked)[PROGRESS]["D4"] == "=C4*0.1"
    assert CalamineWorkbook.from_filelike(BytesIO(marked)).get_sheet_by_name(PROGRESS).to_python()[2][3] == 1200.05


def test_parts_that_have_nothing_to_do_with_it_keep_their_bytes(sent: bytes):
    before, after = parts_of(sent), parts_of(mark_workbook(sent, feedback(remark("D4"))))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        SHEET_PART,
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    assert after.keys() - before.keys() == {"xl/worksheets/sheet4.xml"}
    assert {"xl/calcChain.xml", "xl/charts/chart1.xml", "xl/media/image1.png", "xl/sharedStrings.xml"} <= after.keys()


def test_within_the_sheet_only_the_style_of_the_cell_changes(sent: bytes):
    before, after = parts_of(sent)[SHEET_PART], parts_of(mark_workbook(sent, feedback(remark("D4"))))[SHEET_PART]
    cell = b'<c r="D4" s="2"'
    assert before.count(cell) == 1
    style = max(int(number) for number in etree.fromstring(after).xpath("//*[local-name()='c'][@r='D4']/@s"))
    assert after == before.replace(cell, b'<c r="D4" s="%d"' % style).replace(b' tabSelected="1"', b"")


@pytest.mark.parametrize("severity", ["block", "warn", "info"])
def test_a_marked_cell_keeps_its_look_but_for_the_fill(sent: bytes, severity: str):
    marked = mark_workbook(sent, feedback(remark("D4", severity)))
    old, new = opened(sent)[PROGRESS]["D4"], opened(marked)[PROGRESS]["D4"]
    assert new.fill.fgColor.rgb == COLOURS[severity]
    assert new.number_format == old.number_format == "#,##0.00"
    for part in ("border", "font", "alignment", "protection"):
        assert repr(getattr(new, part)) == repr(getattr(old, part))
    assert fill(marked, "D5") == fill(sent, "D5")


def test_of_several_findings_of_a_cell_the_worst_colours_it_and_all_are_in_the_comment(sent: bytes):
    findings = [remark("D5", "info", 1, message="甲"), remark("D5", "block", 2, message="乙"), remark("D5", "warn", 3)]
    marked = mark_workbook(sent, feedback(*findings))
    assert fill(marked, "D5") == COLOURS["block"]
    text = opened(marked)[PROGRESS]["D5"].comment.text
    assert text.startswith(
        "【必改】R10 本年累计应衔接\n乙\n数值：30.5\n怎么办：核对本月完成与本年累计。\n见“核查意见”第 1 条"
    )
    assert "【请说明】" in text
    assert "【提示】" in text
    assert "甲" in text


def test_a_comment_of_their_own_stays_and_ours_is_added_to_it(sent: bytes):
    marked = mark_workbook(sent, feedback(remark("C4")))
    comment = opened(marked)[PROGRESS]["C4"].comment
    assert comment.text.startswith("请以批复为准\n──── 核查意见 ────\n【必改】")
    assert comment.author == "张三"
    assert opened(marked)[PROGRESS]["C4"].comment.text.count("【必改】") == 1
    drawing = parts_of(marked)["xl/drawings/vmlDrawing1.vml"]
    assert drawing.count(b"<v:shape ") == 1


def test_every_comment_has_its_box_with_a_number_of_its_own(sent: bytes):
    marked = mark_workbook(sent, feedback(remark("D4"), remark("B5"), remark("C4"), remark("C2", sheet_title=SUMMARY)))
    drawings = [part for name, part in parts_of(marked).items() if name.startswith("xl/drawings/vml")]
    assert [part.count(b"<v:shape ") for part in drawings] == [3, 1]
    roots = [etree.fromstring(part) for part in drawings]
    numbers = [name for root in roots for name in root.xpath("//*[local-name()='shape']/@id")]
    assert len(numbers) == len(set(numbers)) == 4
    assert opened(marked)[SUMMARY]["C2"].comment is not None


def test_cells_and_rows_that_are_not_there_are_added_in_order(sent: bytes):
    marked = mark_workbook(sent, feedback(*(remark(cell) for cell in ("G4", "A40", "C40", "B9", "F2"))))
    root = etree.fromstring(parts_of(marked)[SHEET_PART])
    rows = [int(number) for number in root.xpath("//*[local-name()='row']/@r")]
    assert rows == sorted(set(rows))
    assert {9, 40} <= set(rows)
    for row in root.xpath("//*[local-name()='row']"):
        places = [openpyxl.utils.cell.coordinate_from_string(cell.get("r"))[0] for cell in row]
        indices = [openpyxl.utils.column_index_from_string(place) for place in places]
        assert indices == sorted(set(indices))
    assert [fill(marked, cell) for cell in ("G4", "A40", "C40", "B9", "F2")] == [COLOURS["block"]] * 5


def test_a_cell_of_a_merged_range_is_marked_where_the_range_shows(sent: bytes):
    marked = mark_workbook(sent, feedback(remark("E6"), remark("D2", "warn", 2)))
    assert fill(marked, "E4") == COLOURS["block"]
    assert opened(marked)[PROGRESS]["E4"].comment is not None
    assert fill(marked, "C2") == COLOURS["warn"]
    linked = [cell.hyperlink.location for cell in opened(marked)[LIST_TITLE]["F"] if cell.hyperlink]
    assert linked == [f"'{PROGRESS}'!E6", f"'{PROGRESS}'!D2"]


def test_names_follow_their_sheets_and_the_workbook_opens_on_the_list(sent: bytes):
    marked = opened(mark_workbook(sent, feedback(remark("D4"))))
    assert marked.sheetnames == [LIST_TITLE, "封面", PROGRESS, SUMMARY]
    assert marked.active.title == LIST_TITLE
    assert [bool(sheet.sheet_view.tabSelected) for sheet in marked.worksheets] == [True, False, False, False]
    assert marked[PROGRESS].print_title_rows == "$2:$3"
    assert marked[SUMMARY].print_area == f"'{SUMMARY}'!$A$1:$F$6"
    assert marked[SUMMARY].defined_names["局部"].value == f"{SUMMARY}!$C$2"
    assert marked[PROGRESS].auto_filter.ref == "A3:E6"
    assert marked[LIST_TITLE].print_title_rows == "$6:$6"
    assert marked.defined_names["本年累计"].value == f"{PROGRESS}!$D$4:$D$6"
    identities = etree.fromstring(parts_of(mark_workbook(sent, feedback()))["xl/workbook.xml"]).xpath("//@sheetId")
    assert sorted(identities) == ["1", "2", "3", "4"]


def test_rules_of_format_and_of_entry_stay(sent: bytes):
    sheet = opened(mark_workbook(sent, feedback(remark("D4"), remark("F4", "warn", 2))))[PROGRESS]
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["D4:D6"]
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["F4:F6"]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A2:A3", "B2:B3", "C2:D2", "E4:E6"}
    assert sheet.row_dimensions[6].hidden
    assert sheet.freeze_panes == "C4"
    assert len(sheet._charts) == 1


def test_marks_go_when_the_cell_has_been_mended_and_the_fill_below_comes_back(sent: bytes):
    first = mark_workbook(sent, feedback(remark("D4"), remark("B5", "warn", 2), remark("C4", "info", 3)))
    second = mark_workbook(first, feedback(remark("D5"), submission_id=13))
    assert opened(second).sheetnames == [LIST_TITLE, "封面", PROGRESS, SUMMARY]
    assert fill(second, "D4") == fill(sent, "D4") == "FFC6E0B4"
    assert opened(second)[PROGRESS]["B5"].fill.fill_type is None
    assert fill(second, "D5") == COLOURS["block"]
    comments = {
        cell.coordinate: cell.comment.text
        for row in opened(second)[PROGRESS].iter_rows()
        for cell in row
        if cell.comment
    }
    assert comments.keys() == {"C4", "D5"}
    assert comments["C4"] == "请以批复为准"
    assert parts_of(second)["xl/drawings/vmlDrawing1.vml"].count(b"<v:shape ") == 2
    assert contents(second, leave_out=[LIST_TITLE]) == contents(sent)


def test_a_workbook_saved_by_another_program_is_known_as_ours(sent: bytes):
    saved = BytesIO()
    opened(mark_workbook(sent, feedback(remark("D4")))).save(saved)
    second = mark_workbook(saved.getvalue(), feedback(remark("D5"), submission_id=13))
    assert opened(second).sheetnames == [LIST_TITLE, "封面", PROGRESS, SUMMARY]
    assert fill(second, "D4") == "FFC6E0B4"


def test_after_a_program_that_forgets_authors_and_colours_nothing_of_ours_stays(sent: bytes):
    parts = parts_of(mark_workbook(sent, feedback(remark("D4"), remark("C4", "warn", 2))))
    saved = with_parts(
        sent,
        parts
        | {
            "docProps/app.xml": b"<Properties><Application>LibreOffice/24.2$Linux</Application></Properties>",
            "xl/styles.xml": parts["xl/styles.xml"].replace(b'bgColor rgb="FFC6E0B4"', b'bgColor rgb="FFFF8080"'),
            "xl/comments1.xml": parts["xl/comments1.xml"].replace(b"<author>taizhang</author>", b"<author/>"),
        },
    )
    second = mark_workbook(saved, feedback(remark("D5"), submission_id=13))
    assert opened(second)[PROGRESS]["D4"].fill.fill_type is None
    assert opened(second)[PROGRESS]["D4"].comment is None
    assert opened(second)[PROGRESS]["C4"].comment.text == "请以批复为准"


def test_a_sheet_of_theirs_that_is_called_like_ours_stays():
    book = openpyxl.Workbook()
    book.active.title = LIST_TITLE
    book.active["A1"] = "我们自己的意见"
    target = BytesIO()
    book.save(target)
    marked = opened(mark_workbook(target.getvalue(), feedback(remark("A1", sheet_title=LIST_TITLE))))
    assert marked.sheetnames == [f"{LIST_TITLE} 2", LIST_TITLE]
    assert marked[LIST_TITLE]["A1"].value == "我们自己的意见"


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_sheets_as_other_programs_write_them(sent: bytes, prefix: str):
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    declared = f"xmlns{':x' if prefix else ''}='{namespace}'"
    rows = "<P:row r='1'/><P:row><P:c><P:v>1</P:v></P:c><P:c s='1'><P:v>2</P:v></P:c></P:row>"
    rows += "<P:row r='7' s='1' customFormat='1'/>"
    xml = f"<P:worksheet {declared}><P:sheetData>{rows}</P:sheetData></P:worksheet>".replace("P:", prefix).encode()
    marked = mark_workbook(
        with_parts(sent, {SHEET_PART: xml}), feedback(*(remark(cell) for cell in ("A1", "A2", "B2", "C2", "B7", "A9")))
    )
    sheet = opened(marked)[PROGRESS]
    assert [sheet[cell].value for cell in ("A2", "B2")] == [1, 2]
    assert [sheet[cell].fill.fgColor.rgb for cell in ("A1", "A2", "B2", "C2", "B7", "A9")] == [COLOURS["block"]] * 6
    assert sheet["B7"].font.italic == opened(with_parts(sent, {SHEET_PART: xml}))[PROGRESS]["B2"].font.italic


def test_an_empty_sheet_and_a_workbook_without_styles(sent: bytes):
    empty = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    marked = mark_workbook(with_parts(sent, {SHEET_PART: empty}), feedback(remark("C3"), remark("A2"), remark("B3")))
    assert [fill(marked, cell) for cell in ("A2", "B3", "C3")] == [COLOURS["block"]] * 3
    relationships = "xl/_rels/workbook.xml.rels"
    nameless = parts_of(sent)[relationships].replace(b"relationships/styles", b"relationships/none")
    bare = {relationships: nameless} | {f"xl/worksheets/sheet{number}.xml": empty for number in (1, 2, 3)}
    marked = mark_workbook(with_parts(sent, bare, without="xl/styles.xml"), feedback(remark("B2")))
    assert fill(marked, "B2") == COLOURS["block"]


def test_more_comments_than_a_workbook_takes_leave_the_colour(sent: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(marking, "MOST_NOTES", 2)
    marked = mark_workbook(sent, feedback(*(remark(f"G{row}", number=row) for row in range(4, 8))))
    sheet = opened(marked)[PROGRESS]
    assert [sheet[f"G{row}"].comment is not None for row in range(4, 8)] == [True, True, False, False]
    assert {fill(marked, f"G{row}") for row in range(4, 8)} == {COLOURS["block"]}


def test_a_part_with_a_document_type_is_not_edited(sent: bytes):
    xml = b'<!DOCTYPE worksheet [<!ENTITY a "b">]>' + parts_of(sent)[SHEET_PART].partition(b"?>\n")[2]
    with pytest.raises(PartError, match="document type"):
        mark_workbook(with_parts(sent, {SHEET_PART: xml}), feedback(remark("D4")))


def test_the_same_feedback_gives_the_same_bytes(sent: bytes):
    findings = feedback(remark("D4"), remark("C4", "warn", 2))
    assert mark_workbook(sent, findings) == mark_workbook(sent, findings)

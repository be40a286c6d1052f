"""Workbooks as units send them, with everything in them that an edit may break, and remarks on their cells."""

import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import xlsxwriter

from taizhang.feedback.model import Feedback, Remark

CHAIN = (
    b'<?xml version="1.0" encoding="UTF-8"?><calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<c r="D5" i="2"/></calcChain>'
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc000000301010018dd8d"
    "b00000000049454e44ae426082"
)
PROGRESS, SUMMARY = "项目进展", "汇总"


def rich_workbook() -> bytes:
    """Cover, progress sheet and summary with merged headers, formulas, a chart, a picture, rules and names."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        cover = book.add_worksheet("封面")
        cover.write_column(0, 0, ["重大项目月报", "填报单位", "报告期"])
        cover.write_column(1, 1, ["陇西县", "2024年3月"])
        sheet = book.add_worksheet(PROGRESS)
        _fill(book, sheet)
        summary = book.add_worksheet(SUMMARY)
        summary.write_row(0, 0, ["分类方式", "类别", "项目个数"])
        summary.write_row(1, 0, ["合计", "全部项目", 3])
        summary.print_area(0, 0, 5, 5)
        sheet.repeat_rows(1, 2)
        sheet.activate()
        book.define_name("本年累计", f"={PROGRESS}!$D$4:$D$6")
        book.define_name(f"{SUMMARY}!局部", f"={SUMMARY}!$C$2")
    return with_parts(target.getvalue(), {"xl/calcChain.xml": CHAIN})


def _fill(book: Any, sheet: Any) -> None:
    """Header in rows 2 and 3, details from row 4; the green cells have a fill of their own."""
    money = book.add_format({"num_format": "#,##0.00", "bg_color": "#C6E0B4", "border": 1})
    plain = book.add_format({"border": 1, "italic": True})
    sheet.merge_range("A2:A3", "序号", plain)
    sheet.merge_range("B2:B3", "项目名称", plain)
    sheet.merge_range("C2:D2", "投资", plain)
    sheet.write_row(2, 2, ["总投资", "本年累计"], plain)
    for row, (name, total) in enumerate((("渭河大桥", 12000.5), ("=2+3 生产线", 8000), ("停车场", 0.5)), 3):
        sheet.write_number(row, 0, row - 2, plain)
        sheet.write_string(row, 1, name, plain)
        sheet.write_number(row, 2, total, money)
        sheet.write_formula(row, 3, f"=C{row + 1}*0.1", money, total * 0.1)
    sheet.merge_range("E4:E6", "合并", plain)
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column(1, 1, 34)
    sheet.write_comment("C4", "请以批复为准", {"author": "张三"})
    sheet.conditional_format("D4:D6", {"type": "cell", "criteria": ">", "value": 900, "format": money})
    sheet.data_validation("F4:F6", {"validate": "list", "source": ["是", "否"]})
    sheet.autofilter("A3:E6")
    sheet.freeze_panes(3, 2)
    sheet.insert_image("H8", "pixel.png", {"image_data": BytesIO(PIXEL)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={PROGRESS}!$D$4:$D$6"})
    sheet.insert_chart("H2", chart)


def with_parts(data: bytes, parts: dict[str, bytes], without: str = "") -> bytes:
    """The package with some parts replaced or added, and one left out."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts and name != without:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """Every part by name."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def contents(data: bytes, *, leave_out: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """Values and formulas of every cell by sheet and address, as openpyxl sees them."""
    book = openpyxl.load_workbook(BytesIO(data))
    return {
        sheet.title: {
            cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book.worksheets
        if sheet.title not in leave_out
    }


def remark(cell: str | None, severity: str = "block", number: int = 1, **more: Any) -> Remark:
    """A finding on a cell of the progress sheet."""
    plain = Remark(
        finding_key=f"{number:032x}",
        check_id=f"R10.{severity}",
        rule_id="R10",
        severity=severity,
        message="本年累计 30.5 ≠ 上月累计 12 + 本月 20",
        sheet_title=PROGRESS,
        cell=cell,
        value="30.5",
        subject="渭河大桥",
        advice="核对本月完成与本年累计。",
    )
    return replace(plain, **more)


def feedback(*remarks: Remark, **more: Any) -> Feedback:
    """A feedback with these remarks, on a submission that was held back."""
    plain = Feedback(
        submission_id=12,
        unit_code="621122",
        unit_name="陇西县",
        month=date(2024, 3, 1),
        file_name="陇西县2024年3月重大项目月报.xlsx",
        outcome="quarantined",
        due_on=date(2024, 4, 15),
        remarks=list(remarks),
        counts=Counter((one.level, one.check_id) for one in remarks),
        titles={"R10.block": "本年累计应衔接"},
        accepted_rows={PROGRESS: 3, SUMMARY: 1},
    )
    return replace(plain, **more)

"""The official workbook, written from the column dictionary: blank, pre-filled or filled."""

from taizhang.template.layout import TEMPLATE_MARK, VERSION_SHEET, TableLayout, template_version
from taizhang.template.writer import UnknownUnitError, write_template, write_workbook

__all__ = [
    "TEMPLATE_MARK",
    "VERSION_SHEET",
    "TableLayout",
    "UnknownUnitError",
    "template_version",
    "write_template",
    "write_workbook",
]

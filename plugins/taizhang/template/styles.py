"""Formats of the official workbook."""

import math
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from taizhang.dictionary import ColumnType
from taizhang.dictionary.model import UNITS

BODY_FONT = "宋体"
TITLE_FONT = "黑体"
LINE_COLOUR = "#8C9BAB"
HEADER_FILL = "#E4ECF4"
REQUIRED_COLOUR = "#B3261E"
LINE_HEIGHT = 13.5
LARGEST_WIDTH = 30.0

_CENTRED = {ColumnType.FLAG, ColumnType.DATE, ColumnType.MONTH, ColumnType.CHOICE, ColumnType.PROJECT_CODE}
_RIGHT = set(UNITS)


def text_width(text: str) -> float:
    """Width of a text in characters of a column: a Chinese character takes two."""
    if text.isascii():
        return float(len(text))
    return sum(2.0 if unicodedata.east_asian_width(char) in "WFA" else 1.0 for char in text)


def column_width(texts: Iterable[str], smallest: float) -> float:
    """Width that shows the texts on one line, between the column's smallest and the largest width."""
    return max(smallest, min(LARGEST_WIDTH, max(map(text_width, texts), default=0.0) + 2))


def line_count(text: str, width: float) -> int:
    """Lines that a text takes in a column of this width."""
    return max(1, math.ceil(text_width(text) / (width - 1)))


class Styles:
    """The formats of one workbook, made when first needed."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        # Bound to the instance, so that a workbook's formats go when it goes.
        self.header = cache(self._header)
        self.body = cache(self._body)
        self.form = cache(self._form)
        self.title = self._format(font_name=TITLE_FONT, font_size=18, align="center")
        self.note_left = self._format(font_color=REQUIRED_COLOUR, align="left")
        self.note_right = self._format(align="right")

    def _format(self, **properties: Any) -> Format:
        return self._workbook.add_format({"font_name": BODY_FONT, "font_size": 10, "valign": "vcenter", **properties})

    def _header(self, required: bool) -> Format:
        colour = {"font_color": REQUIRED_COLOUR} if required else {}
        return self._format(
            bold=True,
            align="center",
            text_wrap=True,
            border=1,
            border_color=LINE_COLOUR,
            bg_color=HEADER_FILL,
            **colour,
        )

    def _body(self, kind: ColumnType) -> Format:
        align = "center" if kind in _CENTRED else "right" if kind in _RIGHT else "left"
        extra: dict[str, Any] = {"text_wrap": True} if align != "right" else {}
        if kind is ColumnType.DATE:
            extra["num_format"] = "yyyy-mm-dd"
        if kind is ColumnType.PROJECT_CODE:
            extra["num_format"] = "@"
        return self._format(align=align, border=1, border_color=LINE_COLOUR, **extra)

    def _form(self, kind: ColumnType) -> Format:
        extra = {"num_format": "yyyy-mm-dd"} if kind is ColumnType.DATE else {}
        return self._format(font_size=12, align="left", indent=1, border=1, border_color=LINE_COLOUR, **extra)

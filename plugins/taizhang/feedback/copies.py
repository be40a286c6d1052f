"""An .xlsx copy of a file that is none: every cell that the reader sees, texts as texts and numbers as numbers."""

import re
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from taizhang.feedback.xml_text import clean
from taizhang.reading.grid import Book, Grid, open_book
from taizhang.reading.package import Package
from taizhang.reading.text import cell_text
from taizhang.template.styles import BODY_FONT, LINE_COLOUR, column_width

WIDTH_ROWS = 200
SMALLEST_WIDTH = 9.0
# A number that Excel shows as it is written; all else, codes of many digits among it, stays a text.
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.(\d{1,6}))?")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
CREATED = datetime(2000, 1, 1)


def copy_as_xlsx(package: Package) -> bytes:
    """Return the copy; Refusal when the file cannot be read."""
    book = open_book(package)
    target = BytesIO()
    with Workbook(target, _OPTIONS) as workbook:
        workbook.set_properties({"created": CREATED})
        for title in _titles(book):
            _CopiedSheet(workbook, book.grid(title), hidden=title in book.hidden_titles).write()
    return target.getvalue()


def _titles(book: Book) -> list[str]:
    """All titles, in the order of the file where there is one."""
    if book.workbook is None:
        return book.titles
    known = {*book.titles, *book.hidden_titles}
    return [title for title in book.workbook.sheet_names if title in known]


class _CopiedSheet:
    """Writes one sheet."""

    def __init__(self, workbook: Workbook, grid: Grid, *, hidden: bool) -> None:
        self.grid = grid
        self.workbook = workbook
        self.sheet: Worksheet = workbook.add_worksheet(clean(grid.title))
        self.formats: dict[str, Any] = {}
        if hidden:
            self.sheet.hide()

    def write(self) -> None:
        """Write merged ranges, cells and hidden parts."""
        for merge in self.grid.merges:
            if (merge.first_row, merge.first_column) != (merge.last_row, merge.last_column):
                area = (merge.first_row - 1, merge.first_column, merge.last_row - 1, merge.last_column)
                self.sheet.merge_range(*area, "", self._format("centred"))
        anchors = {(merge.first_row, merge.first_column) for merge in self.grid.merges}
        for number, row in enumerate(self.grid.rows, 1):
            for column, value in enumerate(row):
                value = value or self.grid.error_cells.get((number, column), value)
                if value != "" and value is not None:
                    self._write(number - 1, column, value, merged=(number, column) in anchors)
        for number in self.grid.hidden_rows:
            self.sheet.set_row(number - 1, None, None, {"hidden": True})
        self._set_widths()

    def _set_widths(self) -> None:
        for column in range(self.grid.width):
            texts = [cell_text(row[column]) for row in self.grid.rows[:WIDTH_ROWS] if self._is_short(row[column])]
            hidden = {"hidden": True} if column in self.grid.hidden_columns else {}
            self.sheet.set_column(column, column, column_width(texts, SMALLEST_WIDTH), None, hidden)

    def _is_short(self, value: object) -> bool:
        """Titles and notes, which reach over many columns, do not widen their own."""
        return len(cell_text(value)) <= 20

    def _write(self, row: int, column: int, value: object, *, merged: bool) -> None:
        text = "centred" if merged else "text"
        if isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, self._format(text))
        elif isinstance(value, datetime | date):
            shown = "yyyy-mm-dd" if _is_day(value) else "yyyy-mm-dd hh:mm:ss"
            self.sheet.write_datetime(row, column, value, self._format(shown))
        elif isinstance(value, float | int):
            self.sheet.write_number(row, column, value, self._format(text))
        elif isinstance(value, time | timedelta):
            self.sheet.write_string(row, column, cell_text(value), self._format(text))
        elif not self.grid.typed and (number := _PLAIN_NUMBER.fullmatch(str(value).strip())):
            shown = "0" + ("." + "0" * len(number[1]) if number[1] else "")
            self.sheet.write_number(row, column, float(number[0]), self._format(shown))
        else:
            self.sheet.write_string(row, column, clean(str(value)), self._format(text))

    def _format(self, kind: str) -> Any:
        """A format by number format, or for texts; each is made once."""
        if kind not in self.formats:
            properties: dict[str, Any] = {
                "font_name": BODY_FONT,
                "font_size": 10,
                "valign": "vcenter",
                "border": 1,
                "border_color": LINE_COLOUR,
            }
            if kind == "centred":
                properties |= {"align": "center", "text_wrap": True}
            elif kind != "text":
                properties["num_format"] = kind
            self.formats[kind] = self.workbook.add_format(properties)
        return self.formats[kind]


def _is_day(value: date) -> bool:
    return not isinstance(value, datetime) or value.time() == time()

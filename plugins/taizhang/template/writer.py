"""Writes the official workbook with xlsxwriter."""

from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from taizhang.codelists import ReportingUnit, code_list, reporting_units
from taizhang.dictionary import Sheet, load_dictionary
from taizhang.errors import TaizhangError
from taizhang.template.cells import CellValue, cell_value, month_text
from taizhang.template.layout import (
    FIRST_HEADER_ROW,
    TEMPLATE_MARK,
    TITLE_ROW,
    UNIT_ROW,
    VERSION_SHEET,
    TableLayout,
    template_version,
)
from taizhang.template.prefill import carried_rows, summary_of_parts
from taizhang.template.styles import LINE_HEIGHT, Styles, column_width, line_count
from taizhang.template.validation import validation

BLANK_ROWS = 30
HEADER_HEIGHT = 60
VALIDATED_ROWS = 2_000
PAPER_A3 = 8
PAPER_A4 = 9
LEGEND = "红字栏目必填"


class UnknownUnitError(TaizhangError, ValueError):
    """The register knows no reporting unit of this code, or not in this month."""


def write_template(
    path: Path, unit_code: str, report_month: date, last_month: Mapping[str, pd.DataFrame] | None = None
) -> None:
    """Write the workbook that a unit fills in for a month, pre-filled with last month's rows by sheet where given.

    That of a city or province has no sheet for projects; its summary names the units below it.
    The rows have the dictionary's columns of their sheet, as the reader returns them.
    Raises UnknownUnitError when the unit is not in the register of reporting units in that month.
    """
    carried = {name: carried_rows(name, rows, report_month) for name, rows in (last_month or {}).items()}
    unit = _reporting_unit(unit_code, report_month.replace(day=1))
    _write(path, unit_code, report_month, {}, carried | {"summary": summary_of_parts(unit, report_month)}, BLANK_ROWS)


def write_workbook(
    path: Path,
    unit_code: str,
    report_month: date,
    cover: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame],
) -> None:
    """Write the official workbook filled with stored values: codes, amounts in 万元, percent, days or intervals.

    `cover` has the dictionary's cover columns (unit and period are filled in if absent), `tables` the rows of each
    sheet that has any, with the dictionary's columns. A sheet that the unit does not file is left out.
    Raises UnknownUnitError as `write_template` does.
    """
    _write(path, unit_code, report_month, cover, tables, 0)


def _write(
    path: Path,
    unit_code: str,
    report_month: date,
    cover: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame | None],
    blank_rows: int,
) -> None:
    month = report_month.replace(day=1)
    unit = _reporting_unit(unit_code, month)
    heading = f"{unit.unit_name}{month_text(month)}重大项目月报"
    content = BytesIO()
    with Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as workbook:
        # A fixed date of creation: the same figures give the same bytes.
        workbook.set_properties({"title": heading, "created": datetime(month.year, month.month, 1)})
        styles = Styles(workbook)
        filed = [definition for definition in load_dictionary().values() if unit.kind.files(definition.sheet)]
        sheets = [(definition, workbook.add_worksheet(definition.title)) for definition in filed]
        ranges = _write_version_sheet(workbook)
        for definition, worksheet in sheets:
            if definition.layout == "form":
                values = {"reporting_unit": unit.unit_name, "report_period": month, **cover}
                _write_form(worksheet, styles, definition, values, ranges)
            else:
                writer = _TableWriter(worksheet, styles, TableLayout(definition), ranges)
                writer.write(heading, tables.get(definition.sheet), blank_rows)
        sheets[0][1].activate()
    path.write_bytes(content.getvalue())


def _reporting_unit(unit_code: str, month: date) -> ReportingUnit:
    unit = reporting_units().units.get(unit_code)
    if unit is None:
        raise UnknownUnitError(f"{unit_code} is no reporting unit")
    if not unit.reports_in(month):
        raise UnknownUnitError(f"{unit_code} {unit.unit_name} does not report in {month:%Y-%m}")
    return unit


def _write_version_sheet(workbook: Workbook) -> dict[str, str]:
    """Write the very hidden sheet with the version mark and the labels of the code lists; return where these stand."""
    worksheet = workbook.add_worksheet(VERSION_SHEET)
    worksheet.write_row(0, 0, [TEMPLATE_MARK, template_version()])
    ranges = {}
    columns = (column for definition in load_dictionary().values() for column in definition.columns)
    names = dict.fromkeys(column.code_list for column in columns if column.code_list)
    for place, name in enumerate(names, start=3):
        labels = code_list(name).labels
        worksheet.write_column(0, place, [name, *labels])
        letter = xl_col_to_name(place)
        ranges[name] = f"='{VERSION_SHEET}'!${letter}$2:${letter}${len(labels) + 1}"
    worksheet.very_hidden()
    return ranges


def _write_form(
    worksheet: Worksheet, styles: Styles, definition: Sheet, values: Mapping[str, object], ranges: Mapping[str, str]
) -> None:
    """Write a sheet of labels and values: a title, then one line per column of the dictionary."""
    worksheet.set_column(0, 0, 18)
    worksheet.set_column(1, 1, 44)
    worksheet.set_row(TITLE_ROW, 46)
    title = f"{values['reporting_unit']}重大项目月报"
    worksheet.merge_range(TITLE_ROW, 0, TITLE_ROW, 1, title, styles.title)
    worksheet.write_string(UNIT_ROW, 1, LEGEND, styles.note_right)
    for row, column in enumerate(definition.columns, start=FIRST_HEADER_ROW):
        worksheet.set_row(row, 30)
        worksheet.write_string(row, 0, column.label, styles.header(column.required))
        _write_value(worksheet, styles.form(column.type), row, 1, cell_value(column, values.get(column.name)))
        worksheet.data_validation(row, 1, row, 1, validation(definition, column, ranges.get(column.code_list or "")))
    worksheet.hide_gridlines()
    worksheet.set_paper(PAPER_A4)
    worksheet.center_horizontally()


def _write_value(worksheet: Worksheet, style: Format, row: int, place: int, value: CellValue) -> None:
    if value is None:
        worksheet.write_blank(row, place, None, style)
    elif isinstance(value, date):
        worksheet.write_datetime(row, place, datetime(value.year, value.month, value.day), style)
    elif isinstance(value, float):
        worksheet.write_number(row, place, value, style)
    else:
        worksheet.write_string(row, place, value, style)


class _TableWriter:
    """Writes one table sheet."""

    def __init__(self, worksheet: Worksheet, styles: Styles, layout: TableLayout, ranges: Mapping[str, str]) -> None:
        self.worksheet = worksheet
        self.styles = styles
        self.layout = layout
        self.ranges = ranges

    def write(self, heading: str, rows: pd.DataFrame | None, blank_rows: int) -> None:
        """Write title, unit line, header and rows (one per row of the frame, then `blank_rows` bordered ones)."""
        count = 0 if rows is None else len(rows)
        first = self.layout.first_data_row
        lines = [1] * (count + blank_rows)
        self._write_head(heading)
        for place, column in enumerate(self.layout.columns):
            stored = [] if rows is None or column.name not in rows else rows[column.name].to_list()
            values = [cell_value(column, value) for value in stored or [None] * count] + [None] * blank_rows
            style = self.styles.body(column.type)
            for row, value in enumerate(values, start=first):
                _write_value(self.worksheet, style, row, place, value)
            texts = [value if isinstance(value, str) else "" for value in values]
            width = column_width(texts, self.layout.width(column))
            self.worksheet.set_column(place, place, width)
            lines = [max(known, line_count(text, width)) for known, text in zip(lines, texts, strict=True)]
        for row, line in enumerate(lines, start=first):
            self.worksheet.set_row(row, LINE_HEIGHT * line + 4)
        self._write_validation()
        self._set_up_page(heading, first + count + blank_rows - 1)

    def _write_head(self, heading: str) -> None:
        last = len(self.layout.columns) - 1
        seen = self.layout.columns_of_first_page - 1
        middle = min(max(self.layout.frozen_columns - 1, 1), last - 3)
        title = f"{heading}——{self.layout.sheet.title}"
        self.worksheet.set_row(TITLE_ROW, 34)
        self.worksheet.merge_range(TITLE_ROW, 0, TITLE_ROW, seen, title, self.styles.title)
        self.worksheet.merge_range(UNIT_ROW, 0, UNIT_ROW, middle, LEGEND, self.styles.note_left)
        self.worksheet.merge_range(UNIT_ROW, last - 2, UNIT_ROW, last, self.layout.unit_line, self.styles.note_right)
        for row in range(FIRST_HEADER_ROW, self.layout.first_data_row):
            self.worksheet.set_row(row, HEADER_HEIGHT / self.layout.header_rows)
        for cell in self.layout.header_cells():
            place = (cell.first_row, cell.first_column, cell.last_row, cell.last_column)
            style = self.styles.header(cell.required)
            if place[:2] == place[2:]:
                self.worksheet.write_string(cell.first_row, cell.first_column, cell.text, style)
            else:
                self.worksheet.merge_range(*place, cell.text, style)

    def _write_validation(self) -> None:
        first = self.layout.first_data_row
        for place, column in enumerate(self.layout.columns):
            options = validation(self.layout.sheet, column, self.ranges.get(column.code_list or ""))
            self.worksheet.data_validation(first, place, first + VALIDATED_ROWS - 1, place, options)

    def _set_up_page(self, heading: str, last_row: int) -> None:
        """A3 across, as many pages wide as can be read, header and names on each page, heading and number below."""
        last_column = len(self.layout.columns) - 1
        last_row = max(last_row, self.layout.first_data_row)
        self.worksheet.freeze_panes(self.layout.first_data_row, self.layout.frozen_columns)
        self.worksheet.set_landscape()
        self.worksheet.set_paper(PAPER_A3)
        self.worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.worksheet.fit_to_pages(self.layout.pages_wide, 0)
        self.worksheet.repeat_columns(0, self.layout.frozen_columns - 1)
        self.worksheet.print_area(0, 0, last_row, last_column)
        self.worksheet.repeat_rows(TITLE_ROW, self.layout.last_header_row)
        self.worksheet.set_footer(f"&L{heading}&C第 &P 页，共 &N 页")

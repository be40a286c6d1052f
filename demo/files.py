"""Writes laid-out books as .xlsx, .xls and .csv; the same book gives the same bytes."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

import xlwt
from xlsxwriter import Workbook

from demo.book import Book, Cell
from demo.grid import Grid, grids
from taizhang.template.styles import BODY_FONT

CREATED = datetime(2024, 1, 1)
GREY = "#8C9BAB"


def write_xlsx(book: Book, path: Path, vba_project: bytes | None = None) -> None:
    """Write a book as .xlsx, or with `vba_project` as a macro workbook."""
    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as workbook:
        workbook.set_properties({"created": CREATED})
        if vba_project is not None:
            workbook.add_vba_project(io.BytesIO(vba_project), is_stream=True)
        font = {"font_name": BODY_FONT, "font_size": 10, "valign": "vcenter", "border": 1, "border_color": GREY}
        plain = workbook.add_format(font)
        day = workbook.add_format({**font, "num_format": "yyyy-mm-dd"})
        merged = workbook.add_format({**font, "align": "center", "text_wrap": True})
        for grid in grids(book):
            worksheet = workbook.add_worksheet(grid.title)
            covers = {(merge[0], merge[1]): merge for merge in grid.merges}
            for merge in covers.values():
                worksheet.merge_range(*merge, "", merged)
            for (row, place), value in grid.cells.items():
                style = merged if (row, place) in covers else day if isinstance(value, date) else plain
                if isinstance(value, date):
                    worksheet.write_datetime(row, place, datetime(value.year, value.month, value.day), style)
                elif isinstance(value, float):
                    worksheet.write_number(row, place, value, style)
                else:
                    worksheet.write_string(row, place, value or "", style)
            for row in grid.hidden_rows:
                worksheet.set_row(row, None, None, {"hidden": True})
            worksheet.set_column(1, 1, 34)
            if grid.hidden:
                worksheet.hide()


def write_xls(book: Book, path: Path) -> None:
    """Write a book in the format of Excel 97 to 2003."""
    workbook = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for grid in grids(book):
        worksheet = workbook.add_sheet(grid.title)
        for (row, place), value in grid.cells.items():
            if isinstance(value, date):
                worksheet.write(row, place, datetime(value.year, value.month, value.day), day)
            else:
                worksheet.write(row, place, value)
        # xlwt's own order of arguments: rows first.
        for first_row, first_column, last_row, last_column in grid.merges:
            worksheet.merge(first_row, last_row, first_column, last_column)
        for row in grid.hidden_rows:
            worksheet.row(row).hidden = True
        worksheet.visibility = 1 if grid.hidden else 0
    workbook.save(str(path))


def write_csv(book: Book, path: Path) -> None:
    """Write the first table of a book as .csv in GB18030; merged cells leave all but the first empty, as Excel does."""
    grid = next(grid for grid in grids(book) if grid.title == book.tables[0].title)
    width = 1 + max(place for _, place in grid.cells)
    height = 1 + max(row for row, _ in grid.cells)
    with path.open("w", encoding="gb18030", newline="") as handle:
        writer = csv.writer(handle)
        for row in range(height):
            writer.writerow([_csv_text(grid, row, place) for place in range(width)])


def _csv_text(grid: Grid, row: int, place: int) -> str:
    value: Cell = grid.cells.get((row, place))
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.isoformat() if isinstance(value, date) else value or ""

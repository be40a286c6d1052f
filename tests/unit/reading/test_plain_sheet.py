"""A sheet read in one pass over its bytes holds what the general parser finds in it."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.reading import package
from taizhang.reading.grid import Grid, open_book
from taizhang.reading.plain_sheet import plain_strings, read_plain
from taizhang.reading.result import Refusal

FORMATS = ["General", "0.00", "0.0%", "yyyy-mm-dd", 'yyyy"年"m"月"', "yyyy\\-mm;@", "[$-804]yyyy/m/d", "h:mm", "@"]
TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from("\n\t&<>\"' %年"), max_size=12)
NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.integers(61, 73_050),
    st.floats(-1e9, 1e15),
    st.decimals(-(10**6), 10**6, places=2).map(float),
)
CELLS = st.one_of(st.none(), TEXTS, NUMBERS, st.booleans(), st.dates(date(1905, 1, 1), date(2099, 1, 1)))
STYLED = st.tuples(CELLS, st.sampled_from(FORMATS))
TABLES = st.lists(st.lists(STYLED, max_size=30), max_size=6)
Rows = Sequence[Sequence[tuple[Any, str]]]


def by_xlsxwriter(rows: Rows, *, constant_memory: bool = False) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(rows):
            for column, (value, code) in enumerate(cells):
                style = book.add_format({"num_format": code})
                if isinstance(value, str):
                    sheet.write_string(row, column, value, style)
                elif isinstance(value, date):
                    sheet.write_datetime(row, column, datetime.combine(value, time()), style)
                else:
                    sheet.write(row, column, value, style)
    return stream.getvalue()


def by_openpyxl(rows: Rows) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, cells in enumerate(rows, 1):
        for column, (value, code) in enumerate(cells, 1):
            kept = "".join(c for c in value if c.isprintable() or c == "\n") if isinstance(value, str) else value
            cell = sheet.cell(row, column, kept)
            cell.number_format = code
            if isinstance(kept, str):
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "xlsxwriter": by_xlsxwriter,
    "xlsxwriter with texts in their cells": lambda rows: by_xlsxwriter(rows, constant_memory=True),
    "openpyxl": by_openpyxl,
}


def facts(content: bytes, path: Path) -> tuple[bool, list[Any]]:
    """Whether any sheet was read in one pass, and all that the grids tell."""
    path.write_bytes(content)
    opened = package.open_package(path)
    book = open_book(opened)
    try:
        grids = [book.grid(title) for title in (*book.titles, *book.hidden_titles)]
    except Refusal as refusal:
        return bool(opened.plain), [refusal.code]
    return bool(opened.plain), [_facts(grid) for grid in grids]


def _facts(grid: Grid) -> list[Any]:
    typed = [[(type(cell), cell) for cell in row] for row in grid.rows]
    styles = [(grid.shown_as_percent(place), grid.shown_as_month(place)) for place in range(grid.width)]
    hidden = (set(grid.hidden_rows), set(grid.hidden_columns))
    return [typed, grid.merges, hidden, grid.error_cells, set(grid.formulas_without_value), styles]


def require_the_same(content: bytes, path: Path) -> bool:
    """Read both ways and compare; tells whether the one pass was taken."""
    taken, found = facts(content, path)
    with patch.object(package, "plain_strings", return_value=None):
        not_taken, expected = facts(content, path)
    assert not not_taken
    assert found == expected
    return taken


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_whatever_is_written_is_read_the_same(writer: Callable[[Rows], bytes], tmp_path: Path) -> None:
    @settings(max_examples=40, deadline=None)
    @given(TABLES)
    def same(rows: Rows) -> None:
        require_the_same(writer(rows), tmp_path / "a.xlsx")

    same()


def dressed() -> io.BytesIO:
    """A workbook with merged ranges, hidden parts, computed formulas and a second, hidden sheet."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet, hidden = book.add_worksheet("甲"), book.add_worksheet("乙")
        percent, month = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "yyyy-mm"})
        sheet.merge_range("A1:AB1", " 标题 & 副题 ")
        sheet.merge_range("B4:B9", 12.5, percent)
        sheet.write_formula("C3", "=1+1", None, 2)
        sheet.write_formula("C4", '="x"', None, "文字")
        sheet.write_datetime("D3", datetime(2024, 3, 1), month)
        sheet.set_row(5, None, None, {"hidden": True})
        sheet.set_column("E:F", None, None, {"hidden": True})
        hidden.write("A1", 0.85, percent)
        hidden.very_hidden()
    return stream


def test_a_dressed_workbook_is_read_in_one_pass(tmp_path: Path) -> None:
    assert require_the_same(dressed().getvalue(), tmp_path / "a.xlsx")


@pytest.mark.parametrize(("formula", "value"), [("=1/0", "#DIV/0!"), ("=1+1", "")])
def test_errors_and_empty_results_are_left_to_the_general_parser(tmp_path: Path, formula: str, value: str) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write_formula("B2", formula, None, value)
    assert not require_the_same(stream.getvalue(), tmp_path / "a.xlsx")


HEAD, TAIL = b"<worksheet><sheetData>", b"</sheetData></worksheet>"
ROW = b'<row r="1"><c r="A1"><v>1</v></c></row>'
UNUSUAL = {
    "another encoding": b'<?xml version="1.0" encoding="GB18030"?>' + HEAD + ROW + TAIL,
    "prefixed": (HEAD + ROW + TAIL).replace(b"<", b"<x:"),
    "no rows at all": b"<worksheet/>",
    "single quotes": HEAD + ROW.replace(b'"', b"'") + TAIL,
    "no places": HEAD + b"<row><c><v>1</v></c></row>" + TAIL,
    "another attribute": HEAD + ROW.replace(b'r="A1"', b'r="A1" cm="1"') + TAIL,
    "a boolean": HEAD + ROW.replace(b'"A1"', b'"A1" t="b"') + TAIL,
    "an error": HEAD + ROW.replace(b'"A1"', b'"A1" t="e"') + TAIL,
    "no such string": HEAD + ROW.replace(b'"A1"', b'"A1" t="s"') + TAIL,
    "a style that nobody knows": HEAD + ROW.replace(b'"A1"', b'"A1" s="7"') + TAIL,
    "no number": HEAD + ROW.replace(b">1<", b">1_0<") + TAIL,
    "not finite": HEAD + ROW.replace(b">1<", b">1e999<") + TAIL,
    "an empty value": HEAD + ROW.replace(b">1<", b"><") + TAIL,
    "a formula alone": HEAD + ROW.replace(b"<v>1</v>", b"<f>1+1</f>") + TAIL,
    "far away": HEAD + ROW.replace(b'"A1"', b'"A10000"') + TAIL,
    "far to the right": HEAD + ROW.replace(b'"A1"', b'"AAA1"') + TAIL,
    "twice": HEAD + ROW + ROW + TAIL,
    "backwards": HEAD + ROW.replace(b'"A1"', b'"A2"') + ROW + TAIL,
    "not closed": HEAD + b'<row r="1"><c r="A1"><v>1</v></row>' + TAIL,
    "a comment": HEAD + b"<!-- -->" + ROW + TAIL,
    "parts of a text": HEAD + ROW.replace(b"<v>1</v>", b"<is><r><t>x</t></r></is>") + TAIL,
    "an escape of Excel": HEAD + ROW.replace(b'"A1"><v>1</v>', b'"A1" t="inlineStr"><is><t>_x000D_</t></is>') + TAIL,
    "an odd entity": HEAD + ROW.replace(b'"A1"><v>1</v>', b'"A1" t="inlineStr"><is><t>&#128;</t></is>') + TAIL,
    "an odd merged range": HEAD + ROW + TAIL.replace(b"</w", b"<mergeCell ref='A1:B1'/></w"),
}


@pytest.mark.parametrize("xml", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_unusual_is_left_to_the_general_parser(xml: bytes) -> None:
    strings = plain_strings(b"<sst></sst>")
    assert strings is not None
    plain, unusual = read_plain([HEAD + ROW + TAIL, xml], strings, {0: False})
    assert plain is not None
    assert plain.grid() == [[1.0]]
    assert unusual is None


@pytest.mark.parametrize(
    "strings", [b"<sst><si><r><t>a</t></r></si></sst>", b"<sst><si/></sst>", b"<sst><si><t>a\r\n</t></si></sst>"]
)
def test_strings_in_parts_are_left_to_the_general_parser(strings: bytes) -> None:
    assert plain_strings(strings) is None


WRITTEN = st.one_of(
    st.decimals(-(10**9), 10**9, places=8).map(lambda value: format(value, "f")),
    st.integers(-(10**18), 10**18).map(str),
    st.floats(-1e300, 1e300).map(repr),
    st.sampled_from(["-0", "-0.0", "1.", ".5", "-.5", "007", "+5", "1E5", "0.000000000000001", "999999999999999"]),
)


@given(st.lists(WRITTEN, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_number_is_the_double_that_is_nearest_to_its_digits(numbers: list[str]) -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>{text}</v></c></row>' for row, text in enumerate(numbers, 1))
    strings = plain_strings(b"")
    assert strings is not None
    (sheet,) = read_plain([f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()], strings, {0: False})
    assert sheet is not None
    assert list(map(repr, sheet.values)) == [repr(float(text)) for text in numbers]


@pytest.mark.parametrize("text", ["-", ".", "-.", "1.2.3", "1-2", "e5", "1_0", "nan", "1e999"])
def test_what_is_no_number_makes_its_sheet_unusual(text: str) -> None:
    xml = f'<worksheet><sheetData><row r="1"><c r="A1"><v>{text}</v></c></row></sheetData></worksheet>'
    strings = plain_strings(b"")
    assert strings is not None
    assert read_plain([xml.encode()], strings, {0: False}) == [None]

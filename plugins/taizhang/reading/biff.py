"""What calamine does not tell about an .xls sheet, taken from its BIFF8 records: hidden rows and columns, errors."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from taizhang.reading.compound import CompoundFile
from taizhang.reading.messages import refusal
from taizhang.reading.sheet_xml import Cell

BOUNDSHEET, BOF, EOF, FILE_PASS = 0x0085, 0x0809, 0x000A, 0x002F
ROW, COLUMN_INFO, BOOL_OR_ERROR, FORMULA, EXTERNAL_BOOK = 0x0208, 0x007D, 0x0205, 0x0006, 0x01AE
STRINGS, DIMENSIONS = 0x00FC, 0x0200
# Records of cells with values, by which calamine measures a sheet: NUMBER, LABEL, BOOLERR, and so on.
CELLS = {0x0203, 0x0204, BOOL_OR_ERROR, 0x027E, 0x00BD, 0x00FD, FORMULA, 0x0201, 0x00BE, 0x00D6}
MAX_WIDTH, MAX_HEIGHT = 256, 65_536
MAX_CELLS = 8_000_000
MAX_SHEETS = 500
# Kinds of sheets in a BOUNDSHEET record: macros of Excel 4, and modules of Visual Basic.
MACRO_SHEETS = (1, 6)
ROW_HIDDEN = 0x0020
ERROR_RESULT, EMPTY_RESULT = 2, 3
ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass
class BiffSheet:
    """Facts about one sheet; rows are 1-based, columns 0-based."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    error_cells: dict[Cell, str] = field(default_factory=dict)
    formulas_without_value: set[Cell] = field(default_factory=set)
    height: int = 0
    width: int = 0
    is_computed: bool = False
    claimed_height: int = 0
    claimed_width: int = 0


def read_biff(data: bytes) -> tuple[dict[str, BiffSheet], bool]:
    """Read the facts of each sheet by its title, and whether the workbook refers to other files.

    Raises:
        Refusal: The workbook is protected by a password, or its records claim more than memory should hold.
    """
    stream = CompoundFile(data).stream(("Workbook", "Book"))
    starts: dict[str, int] = {}
    external = False
    for kind, body in _records(stream, 0):
        if kind == BOUNDSHEET and len(body) > 8:
            if body[5] in MACRO_SHEETS:
                raise refusal("macros")
            starts[_title(body)] = struct.unpack_from("<I", body)[0]
        elif kind == STRINGS and len(body) >= 8 and struct.unpack_from("<I", body, 4)[0] > len(stream):
            raise refusal("truncated", what="strings")
        elif kind == FILE_PASS:
            raise refusal("encrypted")
        elif kind == EXTERNAL_BOOK and len(body) > 4 and struct.unpack_from("<H", body, 2)[0] not in (0x0401, 0x3A01):
            external = True
    # Sheets that begin at one place would all be read from there.
    if len(starts) > MAX_SHEETS or len(set(starts.values())) < len(starts):
        raise refusal("truncated", what="sheets")
    sheets = {title: _read_sheet(stream, start) for title, start in starts.items()}
    for title, facts in sheets.items():
        if max(facts.width, facts.claimed_width) > MAX_WIDTH or facts.claimed_height > MAX_HEIGHT:
            raise refusal("truncated", what=title)
        if facts.height * facts.width > MAX_CELLS:
            raise refusal("expands_too_much", what=f"{title}: {facts.height} x {facts.width}")
    return sheets, external


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream: kind and body, up to its end."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        if depth <= 0:
            break


def _title(body: bytes) -> str:
    length, wide = body[6], body[7] & 1
    return body[8 : 8 + length * 2].decode("utf-16-le", "replace") if wide else body[8 : 8 + length].decode("latin-1")


def _read_sheet(stream: bytes, start: int) -> BiffSheet:
    facts = BiffSheet()
    for kind, body in _records(stream, start):
        if kind == ROW and len(body) >= 16:
            if struct.unpack_from("<H", body, 12)[0] & ROW_HIDDEN:
                facts.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind == COLUMN_INFO and len(body) >= 10:
            first, last, _, _, options = struct.unpack_from("<5H", body)
            if options & 1:
                facts.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind == BOOL_OR_ERROR and len(body) >= 8 and body[7] == 1:
            facts.error_cells[_place(body)] = ERROR_TEXTS.get(body[6], "#ERROR!")
        elif kind == FORMULA and len(body) >= 14:
            _take_formula(body, facts)
        elif kind == DIMENSIONS and len(body) >= 12:
            first_row, facts.claimed_height, first_column, facts.claimed_width = struct.unpack_from("<IIHH", body)
            if first_row > facts.claimed_height or first_column > facts.claimed_width:
                raise refusal("truncated", what="dimensions")
        if kind in CELLS and len(body) >= 4:
            row, column = _place(body)
            facts.height, facts.width = max(facts.height, row), max(facts.width, column + 1)
    if facts.is_computed:
        # Where any formula has a result, the empty ones were computed as well: ="" is a result.
        facts.formulas_without_value.clear()
    return facts


def _take_formula(body: bytes, facts: BiffSheet) -> None:
    """Note a formula's result: a number, an error, or an empty text, which may mean that nobody computed it."""
    is_number, kind = body[12:14] != b"\xff\xff", body[6]
    if not is_number and kind == ERROR_RESULT:
        facts.error_cells[_place(body)] = ERROR_TEXTS.get(body[8], "#ERROR!")
    if not is_number and kind == EMPTY_RESULT:
        facts.formulas_without_value.add(_place(body))
    else:
        facts.is_computed = True


def _place(body: bytes) -> Cell:
    row, column = struct.unpack_from("<HH", body)
    return row + 1, column

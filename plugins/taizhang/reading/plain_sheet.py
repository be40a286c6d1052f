"""The cells of an .xlsx sheet whose XML is as plain as Excel, WPS and the usual libraries write it.

One vectorised pass over the bytes gives values and styles at once, in a third of the time that a general parser needs
for the values alone. Whatever is unusual is left to the general parser: nothing is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

# Of larger sheets the working arrays would take too much memory.
LARGEST = 32_000_000
# A sheet without cells beyond ZZ9999 surely fits into memory.
MOST_ROW_DIGITS = 4
MOST_DIGITS = 9
# Whole numbers of so many digits, and powers of ten up to it, are exact in a double.
MOST_EXACT_DIGITS = 15
_TENS = 10 ** np.arange(MOST_EXACT_DIGITS + 1, dtype=np.int64)
EPOCH = date(1899, 12, 30)
# Whole days that every reading of Excel's calendar agrees about.
FIRST_DAY, LAST_DAY = 61, 73_050

_PADDING = bytes(64)
_NOT_UTF8 = re.compile(rb"^<\?xml[^>]*encoding=[\"'](?!utf-?8[\"'])", re.IGNORECASE)
_STRING = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})" ?/>')
# All entities but XML's own and references to characters that mean the same in XML and in HTML.
_UNKNOWN_ENTITY = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos"
    rb"|#(?:9|10|1[6-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4}|5[0-4]\d{3}|652[89]\d|65[34]\d\d|655[01]\d));)"
)

_CELL, _CELL_END, _ROW, _ROW_END, _VALUE, _VALUE_END, _TEXT, _TEXT_END, _INLINE, _FORMULA, _END = range(1, 12)
# The kind of a tag by its first two characters; 0 is unusual.
_KINDS = np.zeros(1 << 16, dtype=np.uint8)
for _begin, _kind in {
    b"c ": _CELL, b"/c": _CELL_END, b"ro": _ROW, b"/r": _ROW_END, b"v>": _VALUE, b"/v": _VALUE_END, b"t>": _TEXT,
    b"t ": _TEXT, b"/t": _TEXT_END, b"is": _INLINE, b"/i": _END, b"f>": _FORMULA, b"f ": _FORMULA, b"/f": _END,
}.items():  # fmt: skip
    _KINDS[_begin[0] << 8 | _begin[1]] = _kind
# How the value of a cell is to be taken, by the beginning of its attribute t.
_NUMBER, _SHARED, _COMPUTED, _WRITTEN = range(4)
_TYPES = {b'n"': (_NUMBER, 1), b's"': (_SHARED, 1), b"st": (_COMPUTED, 3), b"in": (_WRITTEN, 9)}


class _UnusualError(Exception):
    """The XML is not as plain as it has to be."""


def _require(holds: object) -> None:
    if not holds:
        raise _UnusualError


@dataclass(frozen=True)
class PlainSheet:
    """The filled cells of a sheet from top to bottom and left to right, and the styles of all cells.

    Rows are 1-based, columns 0-based; `frame` is the sheet's XML without its cells.
    """

    rows: Numbers
    columns: Numbers
    values: Objects
    styled_rows: Numbers
    styled_columns: Numbers
    styles: Numbers
    frame: bytes

    def merges(self) -> list[tuple[bytes, bytes, bytes, bytes]]:
        """Return the merged ranges as they are written: letters and row, letters and row."""
        return _MERGE.findall(self.frame) if b"<mergeCell" in self.frame else []

    def grid(self) -> list[list[object]]:
        """Return the cells as rows of equal width; an empty cell is ''."""
        if not len(self.values):
            return []
        cells = np.full((int(self.rows[-1]), int(self.columns.max()) + 1), "", dtype=object)
        cells[self.rows - 1, self.columns] = self.values
        rows: list[list[object]] = cells.tolist()
        return rows

    def rows_of_style(self, column: int, styles: frozenset[bytes]) -> frozenset[int]:
        """Return the rows whose cell in a column has one of the styles."""
        own = self.styled_columns == column
        wanted = np.isin(self.styles[own], [int(style) for style in styles])
        return frozenset(self.styled_rows[own][wanted].tolist())


def plain_strings(xml: bytes) -> Objects | None:
    """Return the shared strings of a workbook; None when some are formatted in parts or written unusually."""
    found = _STRING.findall(xml)
    try:
        _require(len(found) == xml.count(b"<si"))
        return _objects(_texts(xml, found))
    except _UnusualError:
        return None


def _objects(values: list[Any]) -> Objects:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _texts(xml: bytes, found: list[bytes]) -> list[str]:
    """Decode texts of this XML, in which the usual entities may stand and no escapes of Excel's own."""
    _require(not _NOT_UTF8.match(xml) and b"\r" not in xml and b"_x" not in xml)
    try:
        if b"&" not in xml:
            return [text.decode() for text in found]
        _require(not _UNKNOWN_ENTITY.search(xml))
        texts = {text: unescape(text.decode()) for text in set(found)}
    except UnicodeDecodeError as error:
        raise _UnusualError from error
    return [texts[text] for text in found]


def read_plain(sheets: list[bytes], strings: Objects, days: dict[int, bool]) -> list[PlainSheet | None]:
    """Return the cells of each sheet, None for one about which anything is unusual.

    `strings` are the workbook's shared strings; `days` says of a style whether a number in it is a day: of a style that
    it lacks nobody knows. All sheets are scanned at once, for most of them are small; one by one if any is unusual.
    """
    try:
        return [*_Scan(sheets).sheets(strings, days)]
    except _UnusualError:
        return [None] if len(sheets) == 1 else [read_plain([xml], strings, days)[0] for xml in sheets]


def _rows_apart(xml: bytes) -> tuple[bytes, bytes, bytes]:
    """Cut a sheet into what stands above its rows, the rows, and what stands below them."""
    begin, end = xml.find(b"<sheetData>") + len(b"<sheetData>"), xml.rfind(b"</sheetData>")
    _require(len(b"<sheetData>") <= begin <= end and not _NOT_UTF8.match(xml))
    return xml[:begin], xml[begin:end], xml[end:]


class _Scan:
    """The tags of the rows of some sheets as arrays: where each begins and ends, and of which kind it is."""

    def __init__(self, sheets: list[bytes]) -> None:
        _require(sum(map(len, sheets)) <= LARGEST)
        self.parts = [_rows_apart(xml) for xml in sheets]
        self.data = data = b"".join(rows for _, rows, _ in self.parts)
        self.bytes = np.frombuffer(data + _PADDING, dtype=np.uint8)
        # < and > differ in one bit.
        brackets = np.flatnonzero(self.bytes & np.uint8(0xFD) == ord("<"))
        self.begins, self.ends = brackets[::2], brackets[1::2]
        _require((self.bytes[self.begins] == ord("<")).all() and (self.bytes[self.ends] == ord(">")).all())
        _require(len(self.begins) == len(self.ends))
        codes = self.bytes[self.begins + 1].astype(np.uint16) << 8 | self.bytes[self.begins + 2]
        self.kinds = _KINDS[codes]
        _require(self.kinds.all())
        is_open = self.bytes[self.ends - 1] != ord("/")
        counts, opened = (
            np.bincount(self.kinds, minlength=_END + 1),
            np.bincount(self.kinds[is_open], minlength=_ROW + 1),
        )
        _require(opened[_CELL] == counts[_CELL_END] and opened[_ROW] == counts[_ROW_END])
        _require(counts[_INLINE] == counts[_TEXT])

    def sheets(self, strings: Objects, days: dict[int, bool]) -> Iterator[PlainSheet]:
        """Take the cells and their values apart, sheet by sheet."""
        is_cell, is_row = self.kinds == _CELL, self.kinds == _ROW
        begins, row_begins = self.begins[is_cell], self.begins[is_row]
        row_tags = self._cut(row_begins, self.ends[is_row] + 1)
        limits = np.cumsum([0, *(len(rows) for _, rows, _ in self.parts)])
        cells = np.searchsorted(begins, limits)
        tags = np.searchsorted(row_begins, limits)
        number = np.repeat(np.arange(len(self.parts)), np.diff(cells))
        rows, columns, styles, types = self._cells(begins, self.ends[is_cell], number)
        owner, values = self._filled(is_cell, styles, types, strings, days)
        filled = np.searchsorted(owner, cells)
        for place, (head, _, tail) in enumerate(self.parts):
            own, full = slice(cells[place], cells[place + 1]), slice(filled[place], filled[place + 1])
            frame = b"".join([head, *row_tags[tags[place] : tags[place + 1]], tail])
            at = owner[full]
            sheet = PlainSheet(rows[at], columns[at], values[full], rows[own], columns[own], styles[own], frame)
            _require(len(sheet.merges()) == frame.count(b"<mergeCell "))
            yield sheet

    def _filled(
        self, is_cell: Truths, styles: Numbers, types: Numbers, strings: Objects, days: dict[int, bool]
    ) -> tuple[Numbers, Objects]:
        """Return which cells have a value, and the values."""
        owners = np.cumsum(is_cell) - 1
        tags = np.flatnonzero((self.kinds == _VALUE) | (self.kinds == _TEXT))
        owner = owners[tags]
        # At most one value for each cell, its end next to it, and no formula without one.
        _require(not len(owner) or (owner[0] >= 0 and (np.diff(owner) > 0).all()))
        _require((self.kinds[tags + 1] == self.kinds[tags] + 1).all())
        _require(np.isin(owners[self.kinds == _FORMULA], owner).all())
        _require(((types[owner] == _WRITTEN) == (self.kinds[tags] == _TEXT)).all())
        first, last = self.ends[tags] + 1, self.begins[tags + 1]
        _require((first < last).all())
        return owner, self._values(types[owner], styles[owner], (first, last), strings, days)

    def _digits(self, at: Numbers, most: int) -> tuple[Numbers, Numbers]:
        """Read whole numbers of so many digits at most; return them and where they end."""
        numbers, ends = np.zeros(len(at), dtype=np.int64), at.copy()
        go_on = np.ones(len(at), dtype=bool)
        for _ in range(most):
            digits = self.bytes[ends] - np.uint8(ord("0"))
            go_on &= digits <= 9
            if not go_on.any():
                break
            numbers = np.where(go_on, numbers * 10 + digits, numbers)
            ends += go_on
        return numbers, ends

    def _starts(self, at: Numbers, text: bytes) -> Truths:
        """Tell where the bytes begin with the text."""
        found: Truths = self.bytes[at] == text[0]
        for place, byte in enumerate(text[1:], 1):
            found &= self.bytes[at + place] == byte
        return found

    def _cells(self, begins: Numbers, ends: Numbers, sheet: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Read the tags <c r="AB12" s="3" t="s">: rows, columns, styles and types; sheet by sheet in their order."""
        _require(self._starts(begins, b'<c r="').all())
        at = begins + len('<c r="')
        letters = self.bytes[at].astype(np.int64) - 64, self.bytes[at + 1].astype(np.int64) - 64
        is_double = (letters[1] >= 1) & (letters[1] <= 26)
        _require(((letters[0] >= 1) & (letters[0] <= 26)).all())
        columns = np.where(is_double, letters[0] * 26 + letters[1], letters[0]) - 1
        at += 1 + is_double
        rows, at = self._digits(at, MOST_ROW_DIGITS)
        order = (sheet * 10**MOST_ROW_DIGITS + rows) * 1000 + columns
        _require((self.bytes[at] == ord('"')).all() and (np.diff(order) > 0).all() and (rows > 0).all())
        at += 1
        styled = self._starts(at, b' s="')
        styles, after = self._digits(at + len(' s="'), MOST_DIGITS)
        _require((self.bytes[after[styled]] == ord('"')).all())
        styles, at = np.where(styled, styles, 0), np.where(styled, after + 1, at)
        types = np.full(len(at), _NUMBER)
        typed = self._starts(at, b' t="')
        at += np.where(typed, len(' t="'), 0)
        for text, (kind, length) in _TYPES.items():
            is_kind = typed & self._starts(at, text)
            types[is_kind] = kind
            at = np.where(is_kind, at + length + 1, at)
        _require(((at == ends) | ((at == ends - 1) & (self.bytes[at] == ord("/")))).all())
        return rows, columns, styles, types

    def _values(
        self, types: Numbers, styles: Numbers, spans: tuple[Numbers, Numbers], strings: Objects, days: dict[int, bool]
    ) -> Objects:
        """Read the values: shared strings, numbers and days, texts."""
        first, last = spans
        values = np.empty(len(types), dtype=object)
        shared = types == _SHARED
        indexes, end = self._digits(first[shared], MOST_DIGITS)
        _require((end == last[shared]).all() and (indexes < len(strings)).all())
        values[shared] = strings[indexes]
        number = types == _NUMBER
        values[number] = _with_days(self._numbers(first[number], last[number]), styles[number], days)
        text = (types == _COMPUTED) | (types == _WRITTEN)
        if text.any():
            values[text] = _texts(self.data, self._cut(first[text], last[text]))
        return values

    def _cut(self, first: Numbers, last: Numbers) -> list[bytes]:
        data = self.data
        return [data[begin:end] for begin, end in zip(first.tolist(), last.tolist(), strict=True)]

    def _numbers(self, first: Numbers, last: Numbers) -> Floats:
        """Read numbers; short ones at once: a quotient of two whole numbers that a double holds is the nearest one."""
        negative = self.bytes[first] == ord("-")
        whole, point = self._digits(first + negative, MOST_EXACT_DIGITS)
        has_point = self.bytes[point] == ord(".")
        places, end = self._digits(point + has_point, MOST_EXACT_DIGITS)
        # Without a point nothing but the end can follow.
        decimals = np.where(has_point, end - point - 1, 0)
        digits = end - first - negative - has_point
        is_short = (end == last) & (digits > 0) & (digits <= MOST_EXACT_DIGITS)
        tens = _TENS[np.where(is_short, decimals, 0)]
        numbers = np.where(is_short, whole * tens + places, 0) / tens
        numbers[negative] *= -1
        if not is_short.all():
            texts = self._cut(first[~is_short], last[~is_short])
            _require(not b"".join(texts).translate(None, b"0123456789.eE+-"))
            try:
                numbers[~is_short] = [float(text) for text in texts]
            except ValueError as error:
                raise _UnusualError from error
            _require(np.isfinite(numbers).all())
        return numbers


def _with_days(numbers: Floats, styles: Numbers, days: dict[int, bool]) -> Objects:
    """Return the numbers as objects; those in the style of a day as days."""
    values = numbers.astype(object)
    known = {style: days.get(style) for style in np.unique(styles).tolist()}
    _require(None not in known.values())
    is_day = np.isin(styles, [style for style, day in known.items() if day])
    if is_day.any():
        found = numbers[is_day]
        _require(((found == np.rint(found)) & (found >= FIRST_DAY) & (found <= LAST_DAY)).all())
        dates = {number: EPOCH + timedelta(days=number) for number in set(found.tolist())}
        values[is_day] = [dates[number] for number in found.tolist()]
    return values

"""Where things stand in the XML of a sheet, in bytes, so that single tags are exchanged and all else stays."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from taizhang.feedback.package import PartError
from taizhang.reading.text import column_index

DEFAULT_HEIGHT, DEFAULT_WIDTH = 15.0, 8.43
_DECLARED = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_SELECTED = re.compile(rb"(<(?:\w+:)?sheetView\b[^>]*?)\s+tabSelected\s*=\s*[\"'](?:1|true)[\"']")

Place = tuple[int, int]


def as_utf8(xml: bytes) -> bytes:
    """Return XML as UTF-8, whatever it was written in."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _redeclared(xml.decode("utf-16").encode())
    declared = _DECLARED.match(xml.removeprefix(b"\xef\xbb\xbf"))
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8", b"us-ascii"):
        return xml
    return _redeclared(xml.decode(declared[1].decode()).encode())


def _redeclared(xml: bytes) -> bytes:
    return _DECLARED.sub(b'<?xml version="1.0" encoding="UTF-8"?>', xml)


def deselected(xml: bytes) -> bytes:
    """Return a sheet that is not the selected one: two selected sheets would be edited together."""
    return _SELECTED.sub(rb"\1", xml)


def merged_places(xml: bytes, wanted: Collection[Place]) -> dict[Place, Place]:
    """Return for those of the places that a merged range covers the one that shows its value."""
    columns: dict[int, list[int]] = {}
    for row, column in wanted:
        columns.setdefault(row, []).append(column)
    tail = xml[max(xml.rfind(b"sheetData>"), xml.rfind(b"sheetData/>"), 0) :]
    found: dict[Place, Place] = {}
    for left, top, right, bottom in _MERGE.findall(tail):
        first, last, rows = column_index(left.decode()), column_index(right.decode()), range(int(top), int(bottom) + 1)
        for row in columns if len(rows) > len(columns) else rows:
            if row in rows:
                found |= {(row, at): (rows.start, first) for at in columns.get(row, ()) if first <= at <= last}
    return found


@dataclass
class Row:
    """A row of which a cell is wanted: where it begins and ends, its cells' columns and offsets, its own style."""

    start: int
    end: int = 0
    cells: list[tuple[int, int]] = field(default_factory=list)
    style: int | None = None


class SheetScan:
    """One pass over a sheet's XML. Offsets are of the first byte of a tag.

    `rows` has the wanted rows that exist, `following` the offset of the first row below each one that does not,
    `restyled` the offsets of cells whose style is to be exchanged, `tail` the tags after the rows by name.
    """

    def __init__(self, xml: bytes, wanted_rows: Collection[int], exchanged: Mapping[str, object]) -> None:
        self.rows: dict[int, Row] = {}
        self.starts: list[tuple[int, int]] = []
        self.restyled: list[tuple[int, str]] = []
        self.heights: dict[int, float] = {}
        self.widths: dict[int, float] = {}
        self.column_styles: dict[int, int] = {}
        self.default_height, self.default_width = DEFAULT_HEIGHT, DEFAULT_WIDTH
        self.tail: list[tuple[str, int]] = []
        self.data_start = self.data_end = self.root_end = -1
        self.prefix = ""
        self._wanted, self._exchanged = wanted_rows, exchanged
        self._number = self._column = 0
        self._row: Row | None = None
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._root
        self._parser.EndElementHandler = self._end
        self._parser.Parse(xml, True)
        if self.data_start < 0:
            raise PartError("the sheet has no rows")

    def _refuse(self, *_: object) -> None:
        raise PartError("the sheet declares a document type")

    def _root(self, name: str, _: dict[str, str]) -> None:
        prefix, colon, local = name.rpartition(":")
        if local != "worksheet":
            raise PartError(f"the sheet is a {local}")
        self.prefix = prefix + colon
        self._root_name, self._cell, self._row_name = name, self.prefix + "c", self.prefix + "row"
        self._data = self.prefix + "sheetData"
        self._parser.StartElementHandler = self._before_data
        self._depth = 1

    def _before_data(self, name: str, attributes: dict[str, str]) -> None:
        """Take widths and styles of columns, up to the rows."""
        self._depth += 1
        local = name.removeprefix(self.prefix)
        if local == "sheetFormatPr":
            self.default_height = float(attributes.get("defaultRowHeight", DEFAULT_HEIGHT))
            self.default_width = float(attributes.get("defaultColWidth", DEFAULT_WIDTH))
        elif local == "col":
            self._take_columns(attributes)
        elif name == self._data:
            self.data_start = self._parser.CurrentByteIndex
            self._parser.StartElementHandler = self._in_data

    def _take_columns(self, attributes: dict[str, str]) -> None:
        hidden = attributes.get("hidden") in ("1", "true")
        for column in range(int(attributes["min"]) - 1, min(int(attributes["max"]), 1000)):
            if "width" in attributes or hidden:
                self.widths[column] = 0.0 if hidden else float(attributes["width"])
            if "style" in attributes:
                self.column_styles[column] = int(attributes["style"])

    def _in_data(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name == self._cell:
            if self._row is not None:
                place = attributes.get("r")
                column = self._column if place is None else column_index(place.rstrip("0123456789"))
                self._column = column + 1
                self._row.cells.append((column, self._parser.CurrentByteIndex))
            style = attributes.get("s")
            if style in self._exchanged:
                self.restyled.append((self._parser.CurrentByteIndex, str(style)))
        elif name == self._row_name:
            self._begin_row(attributes)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = self._number = int(attributes["r"]) if "r" in attributes else self._number + 1
        self._column = 0
        start = self._parser.CurrentByteIndex
        self.starts.append((number, start))
        if attributes.get("hidden") in ("1", "true"):
            self.heights[number] = 0.0
        elif "ht" in attributes:
            self.heights[number] = float(attributes["ht"])
        self._row = None
        if number in self._wanted:
            style = attributes.get("s") if attributes.get("customFormat") in ("1", "true") else None
            self._row = self.rows[number] = Row(start, style=None if style is None else int(style))

    def _after_data(self, name: str, _: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 2:
            self.tail.append((name.removeprefix(self.prefix), self._parser.CurrentByteIndex))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._depth == 2 and self._row is not None and name == self._row_name:
            self._row.end = self._parser.CurrentByteIndex
            self._row = None
        elif self._depth == 1 and name == self._data:
            self.data_end = self._parser.CurrentByteIndex
            self._parser.StartElementHandler = self._after_data
        elif self._depth == 0:
            self.root_end = self._parser.CurrentByteIndex

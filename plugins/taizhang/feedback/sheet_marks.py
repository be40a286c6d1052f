"""Marks in a sheet: other styles of single cells, and the reference to the drawing of its comments."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from operator import itemgetter

from taizhang.feedback.package import PartError
from taizhang.feedback.sheet_scan import Place, Row, SheetScan
from taizhang.feedback.xml_text import xml_attribute
from taizhang.reading.text import column_letter

_TAG = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_STYLE = re.compile(rb"""(\ss\s*=\s*)(?:"[^"]*"|'[^']*')""")
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
# What stands behind the reference to the comments' drawing (ECMA-376, CT_Worksheet).
_BEHIND_DRAWING = frozenset(
    {
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
    }
)

StyleOf = Callable[[int], int]


class SheetMarks:
    """Collects what is to be exchanged in one sheet; `xml` is the sheet as it was scanned."""

    def __init__(self, xml: bytes, scan: SheetScan) -> None:
        self.xml = xml
        self.scan = scan
        self._edits: dict[int, tuple[int, bytes]] = {}
        self._inserts: dict[int, list[bytes]] = {}

    def restyle(self, unmarked: Mapping[str, int]) -> None:
        """Give cells the style that they had before they were marked."""
        for start, style in self.scan.restyled:
            self._exchange(start, unmarked[style])

    def mark(self, styles: Mapping[Place, StyleOf], unmarked: Mapping[str, int]) -> None:
        """Give each place the style that its function makes of its own; cells and rows that lack are added."""
        by_row: dict[int, dict[int, StyleOf]] = {}
        for (number, column), style in sorted(styles.items(), key=lambda item: item[0]):
            by_row.setdefault(number, {})[column] = style
        for number, wanted in by_row.items():
            row = self.scan.rows.get(number)
            if row is None:
                self._add_row(number, wanted)
            else:
                self._mark_row(number, row, wanted, unmarked)

    def _mark_row(self, number: int, row: Row, wanted: Mapping[int, StyleOf], unmarked: Mapping[str, int]) -> None:
        standing = dict(row.cells)
        for column, style_of in wanted.items():
            if column in standing:
                own = self._style(standing[column])
                self._exchange(standing[column], style_of(unmarked.get(own, int(own))))
        missing = {column: style for column, style in wanted.items() if column not in standing}
        if missing:
            self._add_cells(number, row, missing)

    def _add_cells(self, number: int, row: Row, wanted: Mapping[int, StyleOf]) -> None:
        tag = self._tag(row.start)
        opened = _SPANS.sub(b"", tag)
        if tag.endswith(b"/>"):
            cells = b"".join(self._cell(number, column, style, row.style) for column, style in wanted.items())
            closing = f"</{self.scan.prefix}row>".encode()
            self._edits[row.start] = (row.start + len(tag), opened[:-2] + b">" + cells + closing)
            return
        self._edits[row.start] = (row.start + len(tag), opened)
        for column, style in wanted.items():
            before = min((start for place, start in row.cells if place > column), default=row.end)
            self._inserts.setdefault(before, []).append(self._cell(number, column, style, row.style))

    def _add_row(self, number: int, wanted: Mapping[int, StyleOf]) -> None:
        prefix = self.scan.prefix.encode()
        cells = b"".join(self._cell(number, column, style, None) for column, style in wanted.items())
        row = b'<%srow r="%d">%s</%srow>' % (prefix, number, cells, prefix)
        start, tag = self.scan.data_start, self._tag(self.scan.data_start)
        if tag.endswith(b"/>"):
            end, before = self._edits.get(start, (start + len(tag), tag[:-2] + b"></%ssheetData>" % prefix))
            closing = b"</%ssheetData>" % prefix
            self._edits[start] = (end, before.removesuffix(closing) + row + closing)
            return
        after = bisect_right(self.scan.starts, number, key=itemgetter(0))
        below = self.scan.starts[after][1] if after < len(self.scan.starts) else self.scan.data_end
        self._inserts.setdefault(below, []).append(row)

    def _cell(self, row: int, column: int, style_of: StyleOf, row_style: int | None) -> bytes:
        own = self.scan.column_styles.get(column, 0) if row_style is None else row_style
        reference = f"{column_letter(column)}{row}"
        return f'<{self.scan.prefix}c r="{reference}" s="{style_of(own)}"/>'.encode()

    def _style(self, start: int) -> str:
        found = _STYLE.search(self._tag(start))
        return "0" if found is None else found[0].partition(b"=")[2].strip()[1:-1].decode()

    def _exchange(self, start: int, style: int) -> None:
        tag = self._tag(start)
        if _STYLE.search(tag):
            exchanged = _STYLE.sub(rb'\g<1>"%d"' % style, tag, count=1)
        else:
            name = len(f"<{self.scan.prefix}c")
            exchanged = tag[:name] + b' s="%d"' % style + tag[name:]
        self._edits[start] = (start + len(tag), exchanged)

    def _tag(self, start: int) -> bytes:
        found = _TAG.match(self.xml, start)
        if found is None:
            raise PartError(f"no tag at byte {start}")
        return found[0]

    @property
    def drawing_id(self) -> str | None:
        """The relationship's id of the drawing that the sheet has for comments and controls."""
        for name, start in self.scan.tail:
            if name == "legacyDrawing":
                found = re.search(rb""":id\s*=\s*["']([^"']+)["']""", self._tag(start))
                return found[1].decode() if found else None
        return None

    def refer_to_drawing(self, relationship: str, namespace: str) -> None:
        """Name the drawing of the comments; the sheet has none yet."""
        behind = min((start for name, start in self.scan.tail if name in _BEHIND_DRAWING), default=self.scan.root_end)
        tag = (
            f'<{self.scan.prefix}legacyDrawing xmlns:r="{namespace}" r:id="{xml_attribute(relationship)}"/>'
        ).encode()
        self._inserts.setdefault(behind, []).append(tag)

    def applied(self) -> bytes:
        """Return the sheet with everything exchanged; all other bytes are as they were."""
        pieces, at = [], 0
        for start in sorted(self._edits.keys() | self._inserts.keys()):
            pieces.append(self.xml[at:start])
            pieces += self._inserts.get(start, [])
            end, written = self._edits.get(start, (start, b""))
            pieces.append(written)
            at = end
        pieces.append(self.xml[at:])
        return b"".join(pieces)

"""The boxes of comments: shapes in the old drawing language VML, which Excel wants for every comment."""

import re
from collections.abc import Callable, Iterable, Mapping

from taizhang.feedback.sheet_scan import Place, SheetScan
from taizhang.template.styles import line_count

NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
# Shape numbers come in blocks of 1024, each of which one drawing has for itself.
BLOCK = 1024
BOX_WIDTH, BOX_LINE, LARGEST_BOX = 320, 15, 420
BOX_CHARACTERS = 50
# Hidden rows and columns have no size, and all may be hidden.
LONGEST_REACH = 200
_POINTS_TO_PIXELS = 96 / 72

_BLOCKS = re.compile(rb"<o:idmap\b[^>]*?\bdata\s*=\s*[\"']([\d,\s]*)[\"']")
_NUMBER = re.compile(rb"_s(\d+)")
_SHAPE = re.compile(rb"<v:shape\b(?:(?!</v:shape>).)*</v:shape>\s*", re.DOTALL)
_SHAPE_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_SHAPE_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_ANCHOR = re.compile(rb"(<x:Anchor>)[^<]*(</x:Anchor>)")

_ROOT = (
    "<xml " + " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items()) + ">"
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
).encode()
_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def empty_drawing() -> bytes:
    """A drawing without shapes."""
    return _ROOT


def first_free_block(drawings: Iterable[bytes]) -> int:
    """Return the first block of shape numbers after all that the drawings use."""
    used = [1]
    for drawing in drawings:
        used += [int(number) for found in _BLOCKS.findall(drawing) for number in found.split(b",") if number.strip()]
        used += [int(number) // BLOCK for number in _NUMBER.findall(drawing)]
    return max(used) + 1


def without_boxes(drawing: bytes, places: set[Place]) -> bytes:
    """Return the drawing without the boxes of the comments at these places."""
    return _SHAPE.sub(lambda shape: b"" if _place(shape[0]) in places else shape[0], drawing)


def resized(drawing: bytes, anchors: Mapping[Place, str]) -> bytes:
    """Return the drawing with the boxes of these places as large as their new text needs."""

    def resize(shape: re.Match[bytes]) -> bytes:
        anchor = anchors.get(_place(shape[0]) or (0, 0))
        return shape[0] if anchor is None else _ANCHOR.sub(rb"\g<1>%s\g<2>" % anchor.encode(), shape[0])

    return _SHAPE.sub(resize, drawing) if anchors else drawing


def _place(shape: bytes) -> Place | None:
    row, column = _SHAPE_ROW.search(shape), _SHAPE_COLUMN.search(shape)
    return (int(row[1]) + 1, int(column[1])) if row and column else None


def with_boxes(drawing: bytes, anchors: Mapping[Place, str], block: int) -> bytes:
    """Return the drawing with a box for each place; shape numbers begin in this block."""
    if not anchors:
        return drawing
    shapes = "".join(
        _box(BLOCK * block + number, place, anchor) for number, (place, anchor) in enumerate(sorted(anchors.items()), 1)
    ).encode()
    blocks = b",".join(b"%d" % (block + more) for more in range(blocks_of(len(anchors))))
    drawing = _BLOCKS.sub(lambda found: _with_blocks(found, blocks), drawing, count=1)
    if b'id="_x0000_t202"' not in drawing:
        shapes = _SHAPE_TYPE + shapes
    end = drawing.rfind(b"</xml>")
    head = drawing[:end]
    for prefix, uri in NAMESPACES.items():
        if f"xmlns:{prefix}=".encode() not in head:
            head = head.replace(b"<xml", f'<xml xmlns:{prefix}="{uri}"'.encode(), 1)
    return head + shapes + drawing[end:]


def blocks_of(count: int) -> int:
    """Number of blocks that so many shapes take, of which the first number of a block is not used."""
    return count // BLOCK + 1


def _with_blocks(found: re.Match[bytes], more: bytes) -> bytes:
    start, end = (at - found.start() for at in found.span(1))
    joined = b",".join(filter(None, (found[1].strip(), more)))
    return found[0][:start] + joined + found[0][end:]


def _box(number: int, place: Place, anchor: str) -> str:
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden"'
        ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black"'
        ' obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
        f"<x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{place[0] - 1}</x:Row><x:Column>{place[1]}</x:Column></x:ClientData></v:shape>"
    )


def anchor_of(place: Place, text: str, scan: SheetScan) -> str:
    """Where the box of a comment stands: to the right of its cell, as large as its text, in the sheet's own cells."""
    row, column = place
    lines = sum(line_count(line, BOX_CHARACTERS) for line in text.split("\n"))
    height = min(LARGEST_BOX, BOX_LINE * (lines + 1))
    left, top = column + 1, max(row - 2, 0)
    right, right_rest = _reach(left, BOX_WIDTH + 12, lambda at: _column_pixels(scan, at))
    bottom, bottom_rest = _reach(top, height + 4, lambda at: _row_pixels(scan, at + 1))
    return f"{left}, 12, {top}, 4, {right}, {right_rest}, {bottom}, {bottom_rest}"


def _reach(start: int, pixels: int, size: Callable[[int], int]) -> tuple[int, int]:
    """Return the row or column so many pixels from the beginning of another, and the pixels within it."""
    at, left = start, pixels
    while left > (found := size(at)) and at < start + LONGEST_REACH:
        at, left = at + 1, left - found
    return at, min(left, size(at))


def _column_pixels(scan: SheetScan, column: int) -> int:
    width = scan.widths.get(column, scan.default_width)
    return int(width * 7 + 5) if width else 0


def _row_pixels(scan: SheetScan, row: int) -> int:
    return round(scan.heights.get(row, scan.default_height) * _POINTS_TO_PIXELS)

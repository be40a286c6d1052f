"""A report's text as blocks (headings, items, paragraphs, rows of tables), folded, with each character's place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from taizhang.report_audit.model import Span
from taizhang.report_audit.wording import words

# Blanks, what is invisible, and pinyin that a converter has put behind a character it does not know: 产(chǎn).
_BLANK = re.compile(r"[^\S\n]|[\u200b-\u200f\u2060\ufeff\u00ad]|(?<=[一-鿿])\([a-zɡāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}\)")
_FURNITURE = re.compile(
    r"第?\s*\d{1,4}\s*页(?:\s*[,/共]*\s*\d{1,4}\s*页)?|共\s*\d+\s*页|[-—–]+\s*\d{1,4}\s*[-—–]+|\d{1,3}\s*/\s*\d{1,3}|·\s*\d{1,3}\s*·"
)
_HEADING = re.compile(
    r"(?P<one>第?[一二三四五六七八九十]{1,3}(?:、|[部章]分?|\s))|(?P<two>[(][一二三四五六七八九十]{1,3}[)])"
    r"|(?P<three>\d{1,2}(?:[.、](?!\d)|\s*[)]))|(?P<four>[(]\d{1,2}[)]|[①-⑳])|(?P<dot>[·•●■◆▪※*－–-](?!\d)|\#+)"
)
_ENDS = "。！？；：!?;:"
_LONGEST_HEADING = 32
_TAB = re.compile(r"\t")
_COLUMNS = re.compile(r"\t+| {2,}|\s*[|│]\s*")


class BlockKind(StrEnum):
    """What a block is."""

    TITLE = "title"
    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"
    ROW = "row"


@dataclass(frozen=True)
class Block:
    """A piece of the report: folded `text` without blanks, and for each of its characters its place in the report.

    `level` is that of a heading or item: 1 for 一、, 2 for （一）, 3 for 1., 4 for (1), 5 for dots; 0 for the rest.
    Of a row, `cells` are the places of its cells within `text`.
    """

    kind: BlockKind
    level: int
    text: str
    places: tuple[int, ...]
    cells: tuple[tuple[int, int], ...] = ()

    def span(self, start: int, end: int) -> Span:
        """The place in the report of characters `start` to `end` of the block."""
        return Span(self.places[start], self.places[end - 1] + 1)


@cache
def _folding() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord("\u3000"): " ", ord("\xa0"): " ", ord("﹪"): "%", ord("﹣"): "-", ord("−"): "-", ord("∶"): ":"}
    table |= {ord("０") + digit: str(digit) for digit in range(10)} | {ord("，"): "，"}
    table |= {ord(old): new for old, new in words().traditional.items()}
    return table


def fold(text: str) -> str:
    """Fold full-width and traditional characters one by one, so that every place stays."""
    folded = text.translate(_folding())
    # Full-width digits have full-width thousands separators; elsewhere such a comma parts clauses.
    return (
        re.sub(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))", ",", text).translate(_folding()) if "，" in text else folded
    )


@dataclass
class _Line:
    start: int
    text: str

    @property
    def bare(self) -> str:
        return _BLANK.sub("", self.text)


def find_blocks(text: str) -> tuple[Block, ...]:
    """Part a report into blocks; page furniture belongs to none, lines broken by the page's edge are joined."""
    return tuple(_blocks(_lines(text)))


def _lines(text: str) -> list[_Line]:
    """The lines that are no page furniture, folded."""
    folded = fold(text)
    lines: list[_Line] = []
    start = 0
    for line in folded.split("\n"):
        if not _FURNITURE.fullmatch(line.strip()):
            lines.append(_Line(start, line.rstrip("\r")))
        start += len(line) + 1
    return lines


def _blocks(lines: list[_Line]) -> Iterator[Block]:
    group: list[_Line] = []
    is_first = True
    for number, line in enumerate(lines):
        if not line.bare:
            continue
        if is_row(line.text):
            if group:
                yield _block(group, is_first)
                group, is_first = [], False
            yield _row(line)
            continue
        if group and _goes_on(group[-1], line, number > 0 and not lines[number - 1].bare):
            group.append(line)
            continue
        if group:
            yield _block(group, is_first)
            is_first = False
        group = [line]
    if group:
        yield _block(group, is_first)


def is_row(line: str) -> bool:
    """True for a line of a table: cells parted by tabs, bars or several blanks."""
    if "\t" not in line and "  " not in line.strip() and line.count("|") < 2:
        return False
    cells = [cell for cell in _COLUMNS.split(line.strip().strip("|│")) if _BLANK.sub("", cell)]
    return len(cells) > 1 and all(len(cell) < 40 for cell in cells) and not re.search(r"[。；;]", line)


def _goes_on(last: _Line, line: _Line, after_blank: bool) -> bool:
    """True when a line is the rest of the one before: that one ends within a sentence, and this begins nothing."""
    before, now = last.bare, line.bare
    if after_blank or before[-1] in _ENDS or _HEADING.match(now):
        return bool(re.match(r"\d+\.\d", now)) and not after_blank and before[-1] not in "。；;"
    if _HEADING.match(before) and len(before) < _LONGEST_HEADING and not re.search(r"[,，]", before):
        return False
    # A figure stands alone on the line, or the line before is as long as a page is wide.
    return (
        bool(re.match(r"\d", now))
        or before[-1] in ",，、"
        or (len(before) >= _LONGEST_HEADING and before[-1] not in '"”')
    )


def _block(group: list[_Line], is_first: bool) -> Block:
    chars: list[str] = []
    places: list[int] = []
    for line in group:
        for offset in _visible(line.text, 0, len(line.text)):
            chars.append(line.text[offset])
            places.append(line.start + offset)
    text = "".join(chars)
    kind, level = _kind(text, is_first)
    return Block(kind, level, text, tuple(places))


def _kind(text: str, is_first: bool) -> tuple[BlockKind, int]:
    found = _HEADING.match(text)
    level = 1 + ("one", "two", "three", "four", "dot").index(found.lastgroup) if found and found.lastgroup else 0
    short = len(text) <= _LONGEST_HEADING + 8 and text[-1] not in "。；;，,"
    if found and short and not re.search(r"[,，;；]", text) and text[-1] not in ":：":
        return BlockKind.HEADING, level
    if found:
        return BlockKind.ITEM, level
    if is_first and len(text) <= 60 and text[-1] not in "。；;":
        return BlockKind.TITLE, 0
    return BlockKind.PARAGRAPH, 0


def _visible(line: str, start: int, end: int) -> Iterator[int]:
    """The places of a stretch of a line that are read."""
    position = start
    for blank in _BLANK.finditer(line, start, end):
        yield from range(position, blank.start())
        position = blank.end()
    yield from range(position, end)


def marker_end(block: Block) -> int:
    """Where a block's text begins behind its marker (一、, （二）, 3.)."""
    found = _HEADING.match(block.text) if block.kind in (BlockKind.HEADING, BlockKind.ITEM) else None
    return found.end() if found else 0


def _row(line: _Line) -> Block:
    """A row: each tab parts two cells, be they empty; bars stand around cells; blanks part what they stand between."""
    text = line.text
    pattern = _TAB if "\t" in text else _COLUMNS
    chars: list[str] = []
    places: list[int] = []
    cells: list[tuple[int, int]] = []
    position = 0
    for start, end in [*(found.span() for found in pattern.finditer(text)), (len(text), len(text))]:
        begun = len(chars)
        for offset in _visible(text, position, start):
            chars.append(text[offset])
            places.append(line.start + offset)
        is_outside = pattern is _COLUMNS and (not text[:start].strip() or not text[position:].strip())
        if len(chars) > begun or not is_outside:
            cells.append((begun, len(chars)))
        position = end
    return Block(BlockKind.ROW, 0, "".join(chars), tuple(places), tuple(cells))

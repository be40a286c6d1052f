"""What calamine does not tell about an .xlsx sheet, taken from the raw XML: hidden parts, errors, formats, extent."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from taizhang.reading.text import column_index

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COL = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_REF = re.compile(rb'\br="([A-Z]+)(\d+)"')
_ATTRIBUTE = re.compile(rb'\b([\w:]+)="([^"]*)"')
_ERROR = re.compile(rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.DOTALL)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FAR = re.compile(rb'r="(?:[A-Za-z]{3}\d|[A-Za-z]{0,2}\d{5})')
_TAG = re.compile(rb"<[^<>]+>")
_ODD_ATTRIBUTE = re.compile(rb"\s*=\s*(?:'([^'\"]*)'|\"([^\"]*)\")")
# Ways to write an attribute that few programs use.
_ODD_WRITING = (b"='", b" =")
_CELL = re.compile(rb"<(?:\w+:)?c\b")
_CELL_REF = re.compile(rb"<(?:\w+:)?c\b[^>]*\br=\"[A-Z]+\d+\"")
_VALUED = re.compile(rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]+)(\d+)"(?:[^>]*[^/>])?>\s*<(?:\w+:)?(?:v|is)\b')
_XF_LIST = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_XF = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_NUMBER_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')

Cell = tuple[int, int]

# Hidden columns to the right of this are of no interest.
MAX_HIDDEN_COLUMN = 1000
# A sheet without cells beyond ZZ or 9999 cannot hold more than this.
LOOSE_EXTENT = (9_999, 702)
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

# Formats that Excel knows by number alone (ECMA-376, with the Chinese ones).
BUILT_IN_NUMBER = frozenset(b"%d" % number for number in (0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 37, 38, 39, 40, 48, 49))
BUILT_IN_DAY = frozenset(b"%d" % number for number in (14, 15, 16, 17, 22, 27, 28, 30, 31, 36, 50, 57, 58))
BUILT_IN_PERCENT = frozenset({b"9", b"10"})
BUILT_IN_MONTH = frozenset({b"17", b"27", b"36", b"50", b"52", b"57"})


def plain_attributes(xml: bytes) -> bytes:
    """Return XML with every attribute written as name="value"."""
    if not any(odd in xml for odd in _ODD_WRITING):
        return xml
    return _TAG.sub(lambda tag: _ODD_ATTRIBUTE.sub(rb'="\1\2"', tag[0]), xml)


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(tag))


@dataclass(frozen=True)
class Styles:
    """Which cell styles show a percent sign, and which show a date as a month.

    `days` says of a style, by its number, whether it surely shows a day (True) or surely a mere number or text (False).
    """

    percent: frozenset[bytes] = frozenset()
    month: frozenset[bytes] = frozenset()
    days: dict[int, bool] = field(default_factory=dict, compare=False)

    @classmethod
    def read(cls, xml: bytes) -> "Styles":
        """Read `xl/styles.xml`."""
        formats = {
            found[b"numFmtId"]: found.get(b"formatCode", b"").decode("utf-8", "replace")
            for found in map(_attributes, _NUMBER_FORMAT.findall(xml))
            if b"numFmtId" in found
        }
        codes = {name: _LITERAL.sub("", code.replace("&quot;", '"')) for name, code in formats.items()}
        percent = BUILT_IN_PERCENT | {name for name, code in codes.items() if "%" in code}
        month = BUILT_IN_MONTH | {name for name, code in codes.items() if _shows_month_only(code)}
        listed = _XF_LIST.search(xml)
        styles = [_attributes(tag).get(b"numFmtId", b"0") for tag in _XF.findall(listed[0])] if listed else []
        days = dict.fromkeys(BUILT_IN_NUMBER, False) | dict.fromkeys(BUILT_IN_DAY, True)
        days |= {name: day for name, code in codes.items() if (day := _shows_day(code)) is not None}
        return cls(
            frozenset(b"%d" % number for number, name in enumerate(styles) if name in percent),
            frozenset(b"%d" % number for number, name in enumerate(styles) if name in month),
            {number: days[name] for number, name in enumerate(styles) if name in days},
        )


def _shows_day(code: str) -> bool | None:
    """True for a format of a day or month, False for one of a number or text, None where that is not quite plain."""
    code = code.split(";")[0]
    if code and not code.strip("ymdYMD-/., 年月日"):
        return any(char in code for char in "ymdYMD")
    return False if code == "General" or not re.search(r"[A-Za-z\[\]\"\\]", code) else None


def _shows_month_only(code: str) -> bool:
    code = code.split(";")[0].lower()
    return "y" in code and "m" in code and not set(code) & set("dhs")


@dataclass
class SheetXml:
    """The raw XML of one sheet; everything is looked up only when asked for."""

    xml: bytes
    styles: Styles = field(default_factory=Styles)

    def __post_init__(self) -> None:
        """Write attributes in one way (r="A1"), so that all that follows finds them."""
        self.xml = plain_attributes(self.xml)

    @cached_property
    def has_prefix(self) -> bool:
        """True when the tags carry a prefix (<x:row>), as some programs write them."""
        return b"<sheetData" not in self.xml

    def hidden_rows(self) -> frozenset[int]:
        """Return the 1-based rows that are hidden or have no height."""
        if not any(mark in self.xml for mark in (b' hidden="', b' ht="0"')):
            return frozenset()
        hidden, number = set(), 0
        for tag in _ROW.findall(self.xml):
            found = _attributes(tag)
            number = int(found[b"r"]) if found.get(b"r", b"").isdigit() else number + 1
            if found.get(b"hidden") in (b"1", b"true") or found.get(b"ht") == b"0":
                hidden.add(number)
        return frozenset(hidden)

    def hidden_columns(self) -> frozenset[int]:
        """Return the 0-based columns that are hidden or have no width."""
        head = self.xml[: self.xml.find(b"sheetData")]
        hidden: set[int] = set()
        for found in map(_attributes, _COL.findall(head)):
            if found.get(b"hidden") in (b"1", b"true") or found.get(b"width") == b"0":
                first, last = (found.get(name, b"") for name in (b"min", b"max"))
                if first.isdigit() and last.isdigit():
                    hidden.update(range(int(first) - 1, min(int(last), MAX_HIDDEN_COLUMN)))
        return frozenset(hidden)

    def error_cells(self) -> dict[Cell, str]:
        """Return the cells that hold an error such as #REF!, which calamine gives as empty."""
        if b't="e"' not in self.xml:
            return {}
        return {_place(tag): text.decode("utf-8", "replace") for tag, text in _ERROR.findall(self.xml)}

    def formulas_without_value(self) -> frozenset[Cell]:
        """Return the cells with a formula that nobody has computed; a computed empty text is a value."""
        if b"<f" not in self.xml and not self.has_prefix:
            return frozenset()
        return frozenset(_place(tag) for tag in _FORMULA.findall(self.xml) if b't="str"' not in tag)

    def styled_rows(self, letter: str, styles: frozenset[bytes]) -> frozenset[int]:
        """Return the 1-based rows whose cell in this column has one of the styles."""
        if not styles:
            return frozenset()
        tags = re.findall(rb'<(?:\w+:)?c\b([^>]*\br="' + letter.encode() + rb'\d+"[^>]*)>', self.xml)
        return frozenset(_place(tag)[0] for tag in tags if _attributes(tag).get(b"s") in styles)

    def extent(self) -> tuple[int, int]:
        """Return bounds of the rows and columns that hold values: exact where the sheet looks large, else loose."""
        if _FAR.search(self.xml) is None:
            return LOOSE_EXTENT
        if len(_CELL.findall(self.xml)) != len(_CELL_REF.findall(self.xml)):
            return MAX_ROW, MAX_COLUMN
        cells = [(int(row), column_index(letter.decode()) + 1) for letter, row in _VALUED.findall(self.xml)]
        return max((row for row, _ in cells), default=0), max((column for _, column in cells), default=0)


def _place(tag: bytes) -> Cell:
    """Return the 1-based row and 0-based column that a cell's tag names."""
    found = _REF.search(tag)
    if found is None:
        return 0, 0
    return int(found[2]), column_index(found[1].decode())

"""Text as XML of a workbook can hold it: nothing that breaks the file, nothing that becomes something else."""

import re
from xml.sax.saxutils import escape

LONGEST_CELL = 32_767
# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel takes _x0041_ for an A.
_ESCAPE_OF_EXCEL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def clean(text: str, longest: int = LONGEST_CELL) -> str:
    """Return the text without what XML cannot hold, cut to a length, in one kind of line break."""
    plain = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def excel_text(text: str, longest: int = LONGEST_CELL) -> str:
    """Return a text as the content of a cell or comment: what Excel shows is what is given here."""
    return _ESCAPE_OF_EXCEL.sub("_x005F_", clean(text, longest))


def xml_text(text: str, longest: int = LONGEST_CELL) -> str:
    """Return a text of a cell as XML."""
    return escape(excel_text(text, longest))


def xml_attribute(text: str) -> str:
    """Return a text as an XML attribute's value, without the quotes."""
    return escape(clean(text), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})

"""Word documents (.docx) as text: a paragraph a line, the cells of a row by tabs, changes as if accepted."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from taizhang.reading.package import ZIP_DAMAGE, check_extent, unpacked
from taizhang.reading.result import Refusal
from taizhang.report_audit.documents.unreadable import unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DOCUMENT = "word/document.xml"
# Deleted text, field codes, text that is drawn twice.
_LEFT_OUT = frozenset(
    {f"{_W}del", f"{_W}delText", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr", _FALLBACK}
)
_BREAKS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_MOST_COLUMNS = 200


def word_text(data: bytes, name: str) -> str:
    """Return a document's text; ReportUnreadableError for other zips, damage, passwords and bombs."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            check_extent(archive)
            if _DOCUMENT not in archive.namelist():
                raise unreadable("format", name=name)
            body = _body(unpacked(archive, _DOCUMENT))
    except Refusal as error:
        raise unreadable("bomb", name=name) from error
    except ZIP_DAMAGE as error:
        raise unreadable("damaged", name=name, why=type(error).__name__) from error
    except RuntimeError as error:
        raise unreadable("encrypted", name=name) from error
    except etree.XMLSyntaxError as error:
        raise unreadable("damaged", name=name, why="XML") from error
    return "\n".join(_blocks(body))


def _body(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(xml, parser)
    body = root.find(f"{_W}body")
    if body is None:
        raise ValueError("no body")
    return body


def _blocks(parent: etree._Element) -> Iterator[str]:
    """The lines of a body or cell; what wraps blocks (content controls, insertions) is looked into."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child).split("\n")
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                # Rows of tables within cells are read with their cell.
                if next(row.iterancestors(f"{_W}tbl")) is child:
                    yield _row(row)
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            yield from _blocks(child)


def _paragraph(paragraph: etree._Element) -> str:
    pieces: list[str] = []
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        if element.tag in _LEFT_OUT:
            walk.skip_subtree()
        elif element.tag == f"{_W}t":
            pieces.append(element.text or "")
        elif element.tag == f"{_W}p" and element is not paragraph:
            # A text box within the paragraph.
            pieces.append("\n")
        else:
            pieces.append(_BREAKS.get(element.tag, ""))
    return "".join(pieces)


def _row(row: etree._Element) -> str:
    cells: list[str] = []
    for cell in row.iter(f"{_W}tc"):
        if next(cell.iterancestors(f"{_W}tr")) is not row:
            continue
        text = "".join(_blocks(cell)).replace("\n", "").replace("\t", " ").strip()
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        width = int(span.get(f"{_W}val", "1")) if span is not None else 1
        cells += [text, *[""] * (min(width, _MOST_COLUMNS) - 1)]
    return "\t".join(cells)

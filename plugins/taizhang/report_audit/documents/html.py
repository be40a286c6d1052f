"""HTML as text: a block a line, the cells of a row by tabs; what a page does not show is left out."""

import re

from lxml import etree
from lxml import html as lxml_html

from taizhang.report_audit.documents.plain import decode
from taizhang.report_audit.documents.unreadable import unreadable

_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_HIDDEN = frozenset({"script", "style", "head", "noscript", "template", "svg", "iframe", "object", "select"})
_BLOCKS = frozenset(
    {"p", "div", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "table", "caption"}
    | {"tr", "tbody", "thead", "section", "article", "header", "footer", "pre", "blockquote", "nav", "aside", "main"}
    | {"form", "fieldset", "figure", "figcaption", "center", "title", "body", "address"}
)
_CELLS = frozenset({"td", "th"})
_MOST_ELEMENTS = 500_000


def html_text(data: bytes, name: str) -> str:
    """Return the text that a page shows; ReportUnreadableError when it is no page that can be read."""
    text = _XML_DECLARATION.sub("", _decoded(data, name))
    parser = lxml_html.HTMLParser()
    try:
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise unreadable("damaged", name=name, why=type(error).__name__) from error
    # What is nested deeper is left out by the parser, with nothing but this line in its log.
    if any("depth" in entry.message for entry in parser.error_log):
        raise unreadable("bomb", name=name)
    pieces: list[str] = []
    count = 0
    # Without recursion: a page may be nested as deep as it likes.
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("comment", "pi"):
            pieces.append(_flowing(element.tail))
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            count += 1
            if count > _MOST_ELEMENTS:
                raise unreadable("bomb", name=name)
            if tag in _HIDDEN:
                walk.skip_subtree()
                continue
            pieces += ["\n" if tag in _BLOCKS else "", _flowing(element.text)]
            continue
        pieces.append("\t" if tag in _CELLS else "\n" if tag in _BLOCKS else "")
        pieces.append(_flowing(element.tail))
    return _lines("".join(pieces))


def _decoded(data: bytes, name: str) -> str:
    declared = _DECLARED.search(data[:2048])
    if declared and declared[1].lower() in (b"gb2312", b"gbk", b"gb18030"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise unreadable("encoding", name=name) from error
    return decode(data, name)


def _flowing(text: str | None) -> str:
    """Text between tags: its line breaks are none of the page's, and between Chinese characters no blanks either."""
    if not text:
        return ""
    joined = re.sub(r"(?<=[\u3000-\uffef])\s*\n\s*(?=[\u3000-\uffef])", "", text)
    return re.sub(r"\s*\n\s*", " ", joined).replace("\t", " ")


def _lines(text: str) -> str:
    lines = (line.strip(" \xa0").removesuffix("\t").rstrip(" ") for line in text.split("\n"))
    return "\n".join("\t".join(cell.strip() for cell in line.split("\t")) for line in lines if line.strip())

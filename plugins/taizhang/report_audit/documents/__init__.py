"""Documents of many formats as plain text that keeps their blocks: a paragraph a line, the cells of a row by tabs."""

from pathlib import Path

from taizhang.report_audit.documents.html import html_text
from taizhang.report_audit.documents.markdown import markdown_text
from taizhang.report_audit.documents.old_word import old_word_text
from taizhang.report_audit.documents.pdf import pdf_text
from taizhang.report_audit.documents.plain import decode
from taizhang.report_audit.documents.unreadable import unreadable
from taizhang.report_audit.documents.word import word_text
from taizhang.settings import settings

# Kinds that content does not tell, by the file name's ending.
_PLAIN = frozenset({"", ".txt", ".text", ".log"})
_MARKDOWN = frozenset({".md", ".markdown"})
_HTML = frozenset({".html", ".htm", ".xhtml", ".mht"})
_HEAD = 512


def read(path: Path) -> str:
    """Read a report: .txt, .md, .html, .docx, .pdf with a text layer, and .doc or .rtf where LibreOffice is installed.

    ReportUnreadableError (a TaizhangError) when it is not there, too large, damaged, protected, or without text.
    """
    data = _content(path)
    text = _text(path, data)
    if not text.strip():
        raise unreadable("empty", name=path.name)
    return text


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise unreadable("missing", name=path.name)
    limit = settings().max_file_bytes
    try:
        size = path.stat().st_size
        if size > limit:
            raise unreadable("too_large", name=path.name, size=size, limit=limit)
        return path.read_bytes()
    except OSError as error:
        raise unreadable("not_opened", name=path.name, why=error.strerror) from error


def _text(path: Path, data: bytes) -> str:
    """Content decides; the name's ending only tells apart what is all text."""
    name, ending = path.name, path.suffix.lower()
    if data.startswith(b"%PDF"):
        return pdf_text(data, name)
    if data.startswith(b"PK"):
        return word_text(data, name)
    if data.startswith((bytes.fromhex("d0cf11e0a1b11ae1"), b"{\\rtf")):
        return old_word_text(data, name)
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if ending in _HTML or head.startswith((b"<!doctype html", b"<html")):
        return html_text(data, name)
    if ending in _MARKDOWN:
        return markdown_text(decode(data, name))
    if ending in _PLAIN:
        return decode(data, name)
    raise unreadable("format", name=name)

"""Is the file a workbook at all: its format by content, its parts, and the reasons to refuse it."""

import html
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

from taizhang.reading.compound import CompoundFile
from taizhang.reading.messages import refusal
from taizhang.reading.plain_sheet import PlainSheet, plain_strings, read_plain
from taizhang.reading.sheet_xml import SheetXml, Styles, plain_attributes
from taizhang.settings import settings

MAX_CELLS = 8_000_000
# Far more than any program writes; an index of millions of parts would take gigabytes.
MAX_ENTRIES, MAX_SHEETS = 10_000, 500

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*?)/?>")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*?)/?>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_MARKUP = re.compile(rb"^\s*(?:<\?xml|<!doctype\s+html|<html|<table|<meta|mime-version:)", re.IGNORECASE)
_JSON = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")
_HEAD = 200
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_OTHER_EPOCH = re.compile(rb'date1904="(?!0"|false")')
# A document type stands above the first element; only there can entities be declared.
_DOCUMENT_TYPE = re.compile(rb"(?>\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)
# What declares a part with macros, whatever the part is called.
_MACRO_TYPES = re.compile(rb"vbaproject|macrosheet", re.IGNORECASE)
# Parts by which a workbook fetches from elsewhere when it is opened.
_FETCHING = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
JSON = "json"
ZIP_MAGIC, OLE_MAGIC = b"PK", bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass
class Package:
    """A file that may be read: `kind` is xlsx, xls, csv or json; `parts` holds an .xlsx file's raw sheets by title.

    `plain` has the cells of those among them that are written plainly; their `parts` are without cells.
    """

    kind: str
    data: bytes
    parts: dict[str, SheetXml] = field(default_factory=dict)
    text: str = ""
    has_external_links: bool = False
    plain: dict[str, PlainSheet] = field(default_factory=dict)


def open_package(path: Path, file_name: str = "") -> Package:
    """Read a file and tell what it is; Refusal when it cannot be taken as a submission.

    Content decides; the name under which it was sent only tells JSON that is too broken to be known.
    """
    size, limit = path.stat().st_size, settings().max_file_bytes
    if size > limit:
        raise refusal("too_large", size=size, limit=limit)
    data = path.read_bytes()
    if not data:
        raise refusal("not_a_workbook", "empty_file")
    if data.startswith(ZIP_MAGIC):
        return _open_zip(data)
    if data.startswith(OLE_MAGIC):
        return _open_compound(data)
    if _MARKUP.match(data[:200].removeprefix(b"\xef\xbb\xbf")):
        raise refusal("unsupported_format", what="HTML/XML")
    if data.startswith(b"%PDF"):
        raise refusal("unsupported_format", what="PDF")
    if _is_json(data, file_name):
        return Package(JSON, data)
    return Package("csv", data, text=_decode(data))


# All that zipfile raises for damage: an unknown compression is a NotImplementedError, a part that the index names but
# the file lacks a KeyError. To be caught before RuntimeError, which the former is too and which alone means a password.
ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, KeyError)


def is_json(path: Path, file_name: str) -> bool:
    """True for a JSON submission, by content or name, also for one that is too broken or too large to be read."""
    if not path.exists():
        return file_name.lower().endswith(f".{JSON}")
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
    return not head.startswith((ZIP_MAGIC, OLE_MAGIC)) and _is_json(head, file_name)


def _is_json(data: bytes, file_name: str) -> bool:
    return file_name.lower().endswith(f".{JSON}") or _JSON.match(data[:_HEAD].replace(b"\0", b"")) is not None


def _open_zip(data: bytes) -> Package:
    """Open an .xlsx file; Refusal for other zips, macros, damage and bombs."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_entries(archive)
            return _read_parts(archive, data)
    except ZIP_DAMAGE as error:
        raise refusal("truncated", what=type(error).__name__) from error
    except RuntimeError as error:
        raise refusal("encrypted") from error


def check_extent(archive: zipfile.ZipFile) -> None:
    """Refuse a zip that would unpack to too many parts or too many bytes."""
    if len(archive.infolist()) > MAX_ENTRIES:
        raise refusal("expands_too_much", what=f"{len(archive.infolist())} > {MAX_ENTRIES} parts")
    limit = settings().max_expanded_bytes
    expanded = sum(entry.file_size for entry in archive.infolist())
    if expanded > limit:
        raise refusal("expands_too_much", what=f"{expanded} > {limit} bytes")


def _check_entries(archive: zipfile.ZipFile) -> None:
    """Refuse what is no plain .xlsx, by the names and sizes of the zip's entries."""
    check_extent(archive)
    names = {entry.filename.replace("\\", "/") for entry in archive.infolist()}
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" or "/macrosheets/" in name for name in names):
        raise refusal("macros")
    if "xl/workbook.bin" in names:
        raise refusal("unsupported_format", what=".xlsb")
    if "mimetype" in names and "content.xml" in names:
        raise refusal("unsupported_format", what=".ods")
    if "xl/workbook.xml" not in names:
        raise refusal("not_a_workbook")
    for declaring in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        if declaring in names and _MACRO_TYPES.search(unpacked(archive, declaring)):
            raise refusal("macros")


def unpacked(archive: zipfile.ZipFile, part: str) -> bytes:
    """Return a part; Refusal when it declares entities, which workbooks do not have and attacks do."""
    with archive.open(part) as packed:
        # No more than the index says, which has been checked: without a number all of it would be unpacked at once.
        xml = packed.read(archive.getinfo(part).file_size + 1)
    if _DOCUMENT_TYPE.match(xml):
        raise refusal("document_type", what=part)
    return xml


def _read_parts(archive: zipfile.ZipFile, data: bytes) -> Package:
    """Unpack what the reader and calamine will look at, which also proves its checksums."""
    targets = {
        found[b"Id"]: found[b"Target"].decode()
        for found in map(
            _attributes, _RELATIONSHIP.findall(plain_attributes(unpacked(archive, "xl/_rels/workbook.xml.rels")))
        )
        if b"Id" in found and b"Target" in found
    }
    names = {name.lower(): name for name in archive.namelist()}
    styles = Styles.read(unpacked(archive, "xl/styles.xml")) if "xl/styles.xml" in archive.namelist() else Styles()
    shared = names.get("xl/sharedstrings.xml")
    strings = plain_strings(unpacked(archive, shared) if shared else b"")
    workbook = plain_attributes(unpacked(archive, "xl/workbook.xml"))
    days = {} if _OTHER_EPOCH.search(workbook) else styles.days
    sheets: dict[str, bytes] = {}
    taken: set[str] = set()
    for found in map(_attributes, _SHEET.findall(workbook)):
        title = html.unescape(found.get(b"name", b"").decode("utf-8", "replace"))
        target = targets.get(next((value for key, value in found.items() if key.endswith(b":id")), b""), "")
        part = names.get(posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower())
        # A part that many sheets name would be unpacked for each of them.
        if part is None or part in taken or len(taken) == MAX_SHEETS:
            raise refusal("truncated", what=title)
        taken.add(part)
        sheets[title] = unpacked(archive, part)
    found_cells = [None] * len(sheets) if strings is None else read_plain(list(sheets.values()), strings, days)
    plain = {title: cells for title, cells in zip(sheets, found_cells, strict=True) if cells}
    parts = {title: SheetXml(plain[title].frame if title in plain else xml, styles) for title, xml in sheets.items()}
    for title, sheet in parts.items():
        if title not in plain:
            _check_extent(title, sheet)
    links = any(name.startswith(_FETCHING) for name in names)
    return Package("xlsx", data, parts, has_external_links=links, plain=plain)


def _check_extent(title: str, part: SheetXml) -> None:
    """Refuse a sheet whose rectangle of values would not fit into memory."""
    rows, columns = part.extent()
    if rows * columns > MAX_CELLS:
        raise refusal("expands_too_much", what=f"{title}: {rows} x {columns}")


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(tag))


def _open_compound(data: bytes) -> Package:
    """Open an .xls (or WPS .et) file; Refusal for encrypted workbooks, macros, damage and other documents."""
    compound = CompoundFile(data)
    names = compound.names()
    if "EncryptedPackage" in names:
        raise refusal("encrypted")
    if {name.upper() for name in names} & {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"}:
        raise refusal("macros")
    if names & {"WordDocument", "PowerPoint Document"}:
        raise refusal("not_a_workbook")
    if not names & {"Workbook", "Book"}:
        raise refusal("truncated", what="no Workbook stream")
    if not compound.is_sound():
        raise refusal("truncated", what="sizes")
    return Package("xls", data)


def _decode(data: bytes) -> str:
    """Decode a CSV file: UTF-8, UTF-16 with its mark, or GB18030; Refusal when it is no text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif _BINARY.search(data):
        raise refusal("not_a_workbook")
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal("not_a_workbook")

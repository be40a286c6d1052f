"""Workbooks that are made to harm: small to write down, large or treacherous to read."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.unit.reading.books import save

SHEET, STRINGS = "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"
STYLES, WORKBOOK = "xl/styles.xml", "xl/workbook.xml"
Edit = Callable[[bytes], bytes]

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "ha">%s]>""" % b"".join(
    b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 12)
)
OUTSIDE = b'<?xml version="1.0"?><!-- a --> <!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'
QUADRATIC = b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a11 "' + b"a" * 100_000 + b'">]>'


def edited(path: Path, edits: Mapping[str, Edit], more: Mapping[str, bytes] | None = None) -> Path:
    """Write the plain workbook with some parts changed and others added."""
    with zipfile.ZipFile(io.BytesIO(save(path).read_bytes())) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    # What writes the plain workbook puts texts into their cells.
    parts[STRINGS] = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>x</t></si></sst>'
    for name, edit in edits.items():
        changed = edit(parts[name])
        assert changed != parts[name]
        parts[name] = changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | dict(more or {})).items():
            archive.writestr(name, content)
    return path


def replacing(old: bytes, new: bytes) -> Edit:
    """Exchange the first place where the bytes stand."""
    return lambda xml: xml.replace(old, new, 1)


def with_entities(prolog: bytes) -> Edit:
    """Put a prolog with entities in front, and use the last of them in the first text."""

    def edit(xml: bytes) -> bytes:
        start = xml.index(b"<", xml.index(b"?>") if xml.startswith(b"<?") else 0)
        return prolog + xml[start:].replace(b"<t>", b"<t>&a11;", 1)

    return edit


def overlapping(path: Path, count: int) -> Path:
    """Write an archive whose index names the same compressed bytes many times."""
    data = edited(path, {}, {"xl/media/image1.png": bytes(5_000_000)}).read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", data, end + 12)
    index = data[start : start + size]
    entry = index[index.rindex(b"PK\x01\x02") :]
    named = b"".join(entry.replace(b"image1.png", b"i%05d.png" % number) for number in range(count))
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, len(index) + len(named), start, 0)
    path.write_bytes(data[:start] + index + named + tail)
    return path


def many_entries(path: Path, count: int) -> Path:
    """Write the plain workbook with very many empty parts, which the index alone names."""
    data = save(path).read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", data, end + 12)
    names = b"".join(
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, *[0] * 4, 0, 0, 0, 7, *[0] * 4, 0, 0) + b"%07d" % number
        for number in range(count)
    )
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, size + len(names), start, 0)
    path.write_bytes(data[:end] + names + tail)
    return path


def lying_about_size(path: Path) -> Path:
    """Write a sheet that unpacks to 300 MB and says that it has 100 bytes."""
    big = edited(path, {SHEET: lambda xml: xml.replace(b"</sheetData>", b" " * 300_000_000 + b"</sheetData>")})
    data = bytearray(big.read_bytes())
    with zipfile.ZipFile(big) as archive:
        entry = archive.getinfo(SHEET)
    struct.pack_into("<I", data, entry.header_offset + 22, 100)
    at = data.index(SHEET.encode(), data.rindex(b"PK\x01\x02", 0, data.rindex(SHEET.encode()))) - 46
    struct.pack_into("<I", data, at + 24, 100)
    path.write_bytes(data)
    return path


def biff(*records: tuple[int, bytes]) -> bytes:
    """Records of an .xls workbook's stream."""
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def bound_sheet(start: int, title: bytes, kind: int = 0) -> tuple[int, bytes]:
    """The record that names a sheet, its kind and where it begins."""
    return 0x0085, struct.pack("<IBBBB", start, 0, kind, len(title), 0) + title

"""Workbooks that are made to harm end as a refusal or as what a harmless reader sees, within little time and memory."""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from demo.compound_file import compound_file
from taizhang.reading import confined
from taizhang.reading.result import Refusal
from taizhang.settings import settings
from taizhang.warehouse.formatted import FormattedReading
from tests.unit.reading import hostile_books as hostile
from tests.unit.reading.books import HEADER, NAME, UNIT_LINE, save, table

MEMORY, SECONDS = 600_000_000, 10


@pytest.fixture(autouse=True)
def tight_limits(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits far below the usual ones: every file of this module has to be done with within them."""
    monkeypatch.setenv("TAIZHANG_READING_MEMORY_BYTES", str(MEMORY))
    monkeypatch.setenv("TAIZHANG_READING_SECONDS", str(SECONDS))
    monkeypatch.setenv("TAIZHANG_MAX_EXPANDED_BYTES", str(100_000_000))
    settings.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def one_process() -> Iterator[None]:
    """All files are read by one process, one after the other: what one does, the next one would suffer."""
    yield
    confined.close()


def outcome(path: Path) -> FormattedReading | str:
    """What reading gives: the reading, or the code of the refusal; the process that read it lives."""
    try:
        return confined.read_workbook(path)
    except Refusal as refusal:
        return refusal.code
    finally:
        assert confined._current is not None
        assert confined._current.process.poll() is None


def with_merges(count: int, area: str) -> hostile.Edit:
    """Merge the same area many times."""
    merges = f'<mergeCell ref="{area}"/>'.encode() * count
    return hostile.replacing(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")


BOMBS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a part that packs a hundred megabytes": (
        lambda path: hostile.edited(path, {}, {"xl/media/image1.png": bytes(110_000_000)}),
        "expands_too_much",
    ),
    "a sheet that says it is small": (hostile.lying_about_size, "truncated"),
    "parts that overlap": (lambda path: hostile.overlapping(path, 9_000), "expands_too_much"),
    "a hundred thousand parts": (lambda path: hostile.many_entries(path, 100_000), "expands_too_much"),
    "a sheet named by many titles": (
        lambda path: hostile.edited(
            path,
            {
                hostile.WORKBOOK: lambda xml: xml.replace(
                    b"</sheets>",
                    b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId2"/>' % (n, n + 9) for n in range(9)).replace(
                        b"r:id", b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id'
                    )
                    + b"</sheets>",
                )
            },
        ),
        "truncated",
    ),
    "values far apart": (
        lambda path: save(path, change=lambda sheet: sheet.cell(1_048_576, 16_384, "x")),
        "expands_too_much",
    ),
    "a line of three million cells": (
        lambda path: path.with_suffix(".csv").write_bytes(b"a,b\n" * 1000 + b"," * 3_000_000),
        "expands_too_much",
    ),
    "one giant field": (lambda path: path.with_suffix(".csv").write_bytes(b"a," + b"x" * 20_000_000), "not_a_workbook"),
    "zeros": (lambda path: path.with_suffix(".csv").write_bytes(b"a,b\n\0\0\0,1\n" * 100_000), "not_a_workbook"),
    "merges over everything": (
        lambda path: hostile.edited(path, {hostile.SHEET: with_merges(50_000, "A1:XFD1048576")}),
        "truncated",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(tmp_path: Path, name: str) -> None:
    write, code = BOMBS[name]
    write(tmp_path / NAME)
    (path,) = [entry for entry in tmp_path.iterdir() if entry.is_file()]
    assert path.stat().st_size < 25_000_000
    assert outcome(path) == code


HARMLESS: dict[str, Callable[[Path], Path]] = {
    "an archive within the archive": lambda path: hostile.edited(path, {}, {"xl/embeddings/a.zip": zipped_zeros()}),
    "members named as ways out": lambda path: hostile.edited(
        path, {}, {"../../../../tmp/taizhang-escaped": b"x", "/tmp/taizhang-escaped": b"x", "..\\..\\evil.dll": b"x"}
    ),
    "one merge over everything": lambda path: hostile.edited(path, {hostile.SHEET: with_merges(1, "A60:XFD1048576")}),
    "a formatted cell far away": lambda path: save(
        path, change=lambda sheet: setattr(sheet.cell(1_048_576, 16_384), "number_format", "0.00")
    ),
    "two hundred thousand styles": lambda path: hostile.edited(
        path, {hostile.STYLES: hostile.replacing(b"</cellXfs>", b'<xf numFmtId="0"/>' * 200_000 + b"</cellXfs>")}
    ),
    "three hundred thousand shared strings": lambda path: hostile.edited(
        path, {hostile.STRINGS: hostile.replacing(b"</sst>", b"<si><t>x</t></si>" * 300_000 + b"</sst>")}
    ),
    "two hundred thousand defined names": lambda path: hostile.edited(
        path,
        {
            hostile.WORKBOOK: lambda xml: xml.replace(b"<definedNames/>", b"").replace(
                b"</sheets>",
                b"</sheets><definedNames>"
                + b"".join(b'<definedName name="n%d">a!$A$1</definedName>' % n for n in range(200_000))
                + b"</definedNames>",
            )
        },
    ),
    "a million comments": lambda path: hostile.edited(
        path, {}, {"xl/comments1.xml": b"<comments>" + b'<comment ref="A1"/>' * 1_000_000 + b"</comments>"}
    ),
    "elements within elements": lambda path: hostile.edited(
        path,
        {hostile.SHEET: hostile.replacing(b"</sheetData>", b"</sheetData>" + b"<x>" * 100_000 + b"</x>" * 100_000)},
    ),
}


def zipped_zeros() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50_000_000))
    return stream.getvalue()


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_dangerous_is_read_as_ever(tmp_path: Path, name: str) -> None:
    expected = outcome(save(tmp_path / NAME))
    assert isinstance(expected, FormattedReading)
    found = outcome(HARMLESS[name](tmp_path / NAME))
    assert isinstance(found, FormattedReading), found
    assert found.rows["project_progress"] == expected.rows["project_progress"]
    assert not Path("/tmp/taizhang-escaped").exists()


@pytest.mark.parametrize("prolog", [hostile.LAUGHS, hostile.OUTSIDE, hostile.QUADRATIC], ids=["laughs", "file", "long"])
@pytest.mark.parametrize("part", [hostile.SHEET, hostile.STRINGS, hostile.WORKBOOK, hostile.STYLES])
def test_entities_are_refused_and_never_resolved(tmp_path: Path, part: str, prolog: bytes) -> None:
    path = hostile.edited(tmp_path / NAME, {part: hostile.with_entities(prolog)})
    assert outcome(path) == "document_type"


def test_a_prolog_of_blanks_and_comments_costs_no_time(tmp_path: Path) -> None:
    path = hostile.edited(
        tmp_path / NAME, {hostile.STRINGS: lambda xml: b"<!-- x -->\n \t" * 100_000 + xml[xml.index(b"<sst") :]}
    )
    assert isinstance(outcome(path), FormattedReading)


CALLING = (
    '=WEBSERVICE("http://127.0.0.1:9/?x="&A1)',
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://127.0.0.1:9","项目")',
    '=DDE("cmd","/c calc","")',
)


@pytest.mark.parametrize("formula", CALLING)
def test_a_formula_that_calls_out_is_not_computed(tmp_path: Path, formula: str) -> None:
    path = save(
        tmp_path / NAME, change=lambda sheet: setattr(sheet.cell(3, HEADER.index("项目名称") + 1), "value", formula)
    )
    found = outcome(path)
    assert isinstance(found, FormattedReading)
    assert "formula_without_value" in {str(issue.kind) for issue in found.issues}
    assert "127.0.0.1" not in found.rows["project_progress"]


def test_a_text_that_looks_like_a_formula_stays_the_text_that_it_is(tmp_path: Path) -> None:
    def write(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        cell = sheet.cell(3, HEADER.index("项目名称") + 1)
        cell.value, cell.data_type = CALLING[1], "s"

    found = outcome(save(tmp_path / NAME, change=write))
    assert isinstance(found, FormattedReading)
    assert CALLING[1] in found.rows["project_progress"]


@pytest.mark.parametrize("part", ["xl/connections.xml", "xl/queryTables/queryTable1.xml", "xl/externalLinks/a.xml"])
def test_data_from_elsewhere_is_named(tmp_path: Path, part: str) -> None:
    found = outcome(hostile.edited(tmp_path / NAME, {}, {part: b"<x/>"}))
    assert isinstance(found, FormattedReading)
    assert "external_link" in {str(issue.kind) for issue in found.issues}


VBA = b'<Override PartName="/xl/a.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
XLM = b'<Override PartName="/xl/worksheets/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>'


@pytest.mark.parametrize("declared", [VBA, XLM], ids=["Visual Basic", "macro sheet of Excel 4"])
def test_macros_under_another_name(tmp_path: Path, declared: bytes) -> None:
    path = hostile.edited(
        tmp_path / NAME, {"[Content_Types].xml": hostile.replacing(b"</Types>", declared)}, {"xl/a.bin": b"x"}
    )
    assert outcome(path) == "macros"


def test_macros_that_only_the_relationship_names(tmp_path: Path) -> None:
    kind = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    related = b'<Relationship Id="rId99" Type="%s" Target="a"/>' % kind
    edit = hostile.replacing(b"</Relationships>", related + b"</Relationships>")
    assert outcome(hostile.edited(tmp_path / NAME, {"xl/_rels/workbook.xml.rels": edit})) == "macros"


def xls(path: Path, *records: tuple[int, bytes]) -> Path:
    """Write an .xls file with this stream, padded so that it lies in sectors."""
    begin, end = (0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)), (0x000A, b"")
    stream = hostile.biff(begin, *records, end)
    path.write_bytes(compound_file({"Workbook": stream.ljust(5000, b"\0")}))
    return path


@pytest.mark.parametrize("kind", [1, 6], ids=["macro sheet of Excel 4", "module"])
def test_macros_in_a_sheet_of_an_xls(tmp_path: Path, kind: int) -> None:
    assert outcome(xls(tmp_path / "a.xls", hostile.bound_sheet(0, b"a", kind))) == "macros"


def test_names_of_storages_with_macros_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file({"Workbook": bytes(5000), "_vba_project_cur": bytes(100)}))
    assert outcome(path) == "macros"


def test_an_xls_whose_sheets_all_begin_at_one_place(tmp_path: Path) -> None:
    sheets = [hostile.bound_sheet(0, b"s%04d" % number) for number in range(3000)]
    assert outcome(xls(tmp_path / "a.xls", *sheets)) == "truncated"


def test_millions_of_records(tmp_path: Path) -> None:
    path = xls(tmp_path / "a.xls", *[(0x0042, b"")] * 1_500_000)
    assert outcome(path) == "truncated"


def test_chains_that_come_back_to_themselves(tmp_path: Path) -> None:
    data = bytearray(xls(tmp_path / "a.xls", (0x0042, b"")).read_bytes())
    # The chain of sectors goes in a circle, and the list of its sectors leads to itself.
    first_fat = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    struct.pack_into("<128I", data, first_fat, *[number % 3 for number in range(128)])
    struct.pack_into("<II", data, 68, 1, 0xFFFFFFF0)
    (tmp_path / "a.xls").write_bytes(data)
    assert outcome(tmp_path / "a.xls") == "truncated"


def polyglots() -> dict[str, tuple[bytes, str]]:
    """Files that are two things at once, and what they are taken for."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    zipped = stream.getvalue()
    return {
        "page and archive": (b"<html><script>alert(1)</script></html>" + zipped, "unsupported_format"),
        "PDF and archive": (b"%PDF-1.7\n" + zipped, "unsupported_format"),
        "picture and archive": (b"GIF89a\x01\x00" + zipped, "not_a_workbook"),
        "xls and archive": (compound_file({"Other": bytes(5000)}) + zipped, "truncated"),
        "program named xlsx": (b"MZ\x90\x00\x03" + zipped, "not_a_workbook"),
    }


@pytest.mark.parametrize("name", polyglots())
def test_polyglot(tmp_path: Path, name: str) -> None:
    content, code = polyglots()[name]
    (tmp_path / NAME).write_bytes(content)
    assert outcome(tmp_path / NAME) == code


def test_two_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    os.truncate(path, 200_000_000)
    before = path.stat().st_atime_ns
    assert outcome(path) == "too_large"
    assert path.stat().st_atime_ns == before


@pytest.mark.parametrize("name", ["月报\x1b[2J.xlsx", "月报\u202excod.xlsx", "a\nb.xlsx", "长" * 80 + ".xlsx"])
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    path = save(tmp_path / NAME).rename(tmp_path / name)
    found = outcome(path)
    assert isinstance(found, FormattedReading)
    assert found.file_name == name


def test_a_table_of_many_rows_is_no_attack(tmp_path: Path) -> None:
    rows = table(*(table()[2] for _ in range(3000)), above=UNIT_LINE)
    found = outcome(save(tmp_path / NAME, rows))
    assert isinstance(found, FormattedReading)
    assert found.rows["project_progress"].count("\n") == 3000

"""A named test per kind of file that is refused."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlwt

from demo.compound_file import compound_file
from taizhang.reading.result import Refusal
from taizhang.reading.workbook import read_workbook
from taizhang.settings import settings
from tests.unit.reading.books import NAME, UNIT_LINE, read, save, table


def refusal_of(path: Path, file_name: str | None = None) -> Refusal:
    """The refusal of a file; both its messages say something."""
    with pytest.raises(Refusal) as caught:
        read_workbook(path, file_name)
    assert caught.value.message_zh
    assert caught.value.message_en
    assert "{" not in caught.value.message_zh + caught.value.message_en
    return caught.value


def write(folder: Path, content: bytes, name: str = NAME) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def with_entry(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, content)
    return path


def test_the_plain_workbook_is_read(tmp_path: Path) -> None:
    assert read(tmp_path).unit_code == "621122"


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x00\x01\x02\x03 binary", b"\xff\xd8\xff\xe0 jpeg \x00", b"only one column\n1\n2\n"]
)
def test_no_workbook(tmp_path: Path, content: bytes) -> None:
    assert refusal_of(write(tmp_path, content)).code == "not_a_workbook"


def test_word_document_named_xlsx(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert refusal_of(path).code == "not_a_workbook"


@pytest.mark.parametrize("stream", ["WordDocument", "PowerPoint Document"])
def test_old_office_document_named_xls(tmp_path: Path, stream: str) -> None:
    assert refusal_of(write(tmp_path, compound_file({stream: bytes(5000)}), "a.xls")).code == "not_a_workbook"


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 ...", b"<html><table><tr><td>1</td></tr></table></html>", b'<?xml version="1.0"?><Workbook/>'],
    ids=["pdf", "html table named xls", "xml spreadsheet 2003"],
)
def test_format_that_only_looks_like_excel(tmp_path: Path, content: bytes) -> None:
    assert refusal_of(write(tmp_path, content, "月报.xls")).code == "unsupported_format"


@pytest.mark.parametrize("names", [["xl/workbook.bin"], ["mimetype", "content.xml"]], ids=["xlsb", "ods"])
def test_other_spreadsheet_format(tmp_path: Path, names: list[str]) -> None:
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    assert refusal_of(path).code == "unsupported_format"


def test_encrypted_xlsx(tmp_path: Path) -> None:
    content = compound_file({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(6000)})
    assert refusal_of(write(tmp_path, content)).code == "encrypted"


def test_encrypted_xls(tmp_path: Path) -> None:
    content = write_xls(tmp_path).read_bytes()
    # A FILEPASS record (0x002F) right after the first record tells that the stream is encrypted.
    start = content.index(b"\x09\x08\x10\x00")
    record = b"\x2f\x00\x04\x00\x00\x00\x12\x34"
    spoilt = content[: start + 20] + record + content[start + 20 + len(record) :]
    assert refusal_of(write(tmp_path, spoilt, "b.xls")).code == "encrypted"


def test_macros_in_xlsx(tmp_path: Path) -> None:
    assert refusal_of(with_entry(save(tmp_path / NAME), "xl/vbaProject.bin", b"x")).code == "macros"


def test_macros_in_xls(tmp_path: Path) -> None:
    content = compound_file({"Workbook": bytes(5000), "_VBA_PROJECT": bytes(100)})
    assert refusal_of(write(tmp_path, content, "a.xls")).code == "macros"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_truncated_xlsx(tmp_path: Path, share: float) -> None:
    content = save(tmp_path / NAME).read_bytes()
    assert refusal_of(write(tmp_path, content[: int(len(content) * share)])).code == "truncated"


def test_xlsx_with_a_flipped_byte(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet2.xml")
    content = bytearray(path.read_bytes())
    content[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0xFF
    assert refusal_of(write(tmp_path, bytes(content))).code == "truncated"


@pytest.mark.parametrize("size", [300, 600, 3000])
def test_truncated_xls(tmp_path: Path, size: int) -> None:
    content = write_xls(tmp_path).read_bytes()
    assert refusal_of(write(tmp_path, content[:size], "b.xls")).code == "truncated"


def test_xls_whose_dimensions_would_exhaust_the_memory(tmp_path: Path) -> None:
    content = bytearray(write_xls(tmp_path).read_bytes())
    start = content.index(b"\x00\x02\x0e\x00") + 4
    content[start : start + 4] = b"\xff\xff\xff\x06"
    assert refusal_of(write(tmp_path, bytes(content), "b.xls")).code == "truncated"


def test_xls_with_more_strings_than_bytes(tmp_path: Path) -> None:
    content = bytearray(write_xls(tmp_path).read_bytes())
    start = content.index(b"\xf4\x01\x00\x00\xf4\x01\x00\x00") + 4
    content[start : start + 4] = b"\xff\xff\xff\x7f"
    assert refusal_of(write(tmp_path, bytes(content), "b.xls")).code == "truncated"


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "max_file_bytes", 1000)
    assert refusal_of(save(tmp_path / NAME)).code == "too_large"


def test_zip_bomb_by_declared_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "max_expanded_bytes", 100_000)
    path = with_entry(save(tmp_path / NAME), "xl/media/image1.bin", bytes(200_000))
    assert refusal_of(path).code == "expands_too_much"


def test_cells_at_the_far_corner_do_not_fill_the_memory(tmp_path: Path) -> None:
    path = save(tmp_path / NAME, change=lambda sheet: sheet.cell(1_048_576, 16_384, "x"))
    assert path.stat().st_size < 100_000
    assert refusal_of(path).code == "expands_too_much"


def test_a_formatted_cell_at_the_far_corner_is_harmless(tmp_path: Path) -> None:
    def colour(sheet: object) -> None:
        sheet.cell(1_048_576, 16_384).number_format = "0.00"  # type: ignore[attr-defined]

    assert len(read(tmp_path, change=colour).sheets["project_progress"].rows) == 2


def test_no_cover_and_no_hint(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    workbook = openpyxl.load_workbook(path)
    workbook.remove(workbook["封面"])
    workbook.save(path)
    assert refusal_of(path, "月报.xlsx").code == "cover_missing"


def cover(unit: object = "陇西县", month: object = "2024年3月") -> list[list[object]]:
    return [["重大项目月报"], ["填报单位", unit], ["报告期", month]]


def cover_refusal(folder: Path, file_name: str = "月报.xlsx", **fields: object) -> str:
    return refusal_of(save(folder / NAME, cover=cover(**fields)), file_name).code


def test_unit_missing(tmp_path: Path) -> None:
    assert cover_refusal(tmp_path, unit=None) == "unit_missing"


def test_unit_that_does_not_exist(tmp_path: Path) -> None:
    assert cover_refusal(tmp_path, unit="苍山县") == "unit_unknown"


def test_unit_that_did_not_exist_in_the_month(tmp_path: Path) -> None:
    assert cover_refusal(tmp_path, month="2020年12月") == "unit_unknown"


def test_several_units_at_once(tmp_path: Path) -> None:
    assert cover_refusal(tmp_path, unit="陇西县、渭源县") == "unit_ambiguous"


def test_month_missing(tmp_path: Path) -> None:
    assert cover_refusal(tmp_path, month=None) == "month_missing"


@pytest.mark.parametrize("month", ["2024年13月", "2024年2-3月", "三月", "2024年", "1998年3月", 2024.1, "2024年0月"])
def test_month_that_does_not_exist(tmp_path: Path, month: object) -> None:
    assert cover_refusal(tmp_path, month=month) == "month_invalid"


def test_month_to_come(tmp_path: Path) -> None:
    assert cover_refusal(tmp_path, month=date(2099, 3, 1)) == "month_in_future"


def test_csv_without_unit_and_month(tmp_path: Path) -> None:
    text = "\n".join(",".join(map(str, row)) for row in table(above=[UNIT_LINE]))
    assert refusal_of(write(tmp_path, text.encode(), "a.csv")).code == "cover_missing"


def test_xlsx_without_its_parts(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal_of(path).code == "truncated"


def write_xls(folder: Path) -> Path:
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("项目进展")
    for row in range(50):
        for place in range(10):
            sheet.write(row, place, f"{row}-{place}")
    stream = io.BytesIO()
    workbook.save(stream)
    return write(folder, stream.getvalue(), "a.xls")

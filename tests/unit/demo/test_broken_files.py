import zipfile
from pathlib import Path

import pytest

from demo.broken_files import encrypt, truncate, vba_project
from demo.compound_file import compound_file


def _names(data: bytes) -> list[str]:
    """Names in the directory of a compound file, found through its header."""
    directory = (int.from_bytes(data[48:52], "little") + 1) * 512
    entries = [data[directory + start : directory + start + 128] for start in range(0, 512, 128)]
    lengths = [int.from_bytes(entry[64:66], "little") for entry in entries]
    return [entry[: length - 2].decode("utf-16-le") for entry, length in zip(entries, lengths, strict=True) if length]


def test_an_encrypted_workbook_is_a_compound_file(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK" + bytes(20_000))
    encrypt(path)
    assert set(_names(path.read_bytes())) == {"Root Entry", "EncryptionInfo", "EncryptedPackage"}


def test_a_truncated_workbook_is_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "x" * 5000)
    truncate(path)
    assert path.stat().st_size > 0
    assert not zipfile.is_zipfile(path)


def test_a_macro_project_is_a_compound_file() -> None:
    assert _names(vba_project()) == ["Root Entry", "PROJECT"]


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 4095, 4096, 4097, 300_000])
def test_streams_fill_whole_sectors(size: int) -> None:
    data = compound_file({"A": bytes(size)})
    assert len(data) % 512 == 0
    assert _names(data) == ["Root Entry", "A"]


def test_more_streams_than_the_directory_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="three streams"):
        compound_file(dict.fromkeys("ABCD", b""))

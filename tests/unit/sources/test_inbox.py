"""The inbox takes copies, whole, and keeps files of the same name apart."""

from pathlib import Path

import pytest

from taizhang.sources import inbox


def test_files_of_one_name_do_not_displace_each_other(home: Path, tmp_path: Path) -> None:
    files = []
    for county in ("a", "b"):
        (tmp_path / county).mkdir()
        files.append(tmp_path / county / "月报.xlsx")
        files[-1].write_text(county)
    placed = inbox.submit(files)
    assert {path.read_text() for path in placed} == {"a", "b"}
    assert {file.path for file in inbox.listing()} == set(placed)


def test_a_missing_file_is_named_and_nothing_is_copied(home: Path, tmp_path: Path) -> None:
    there = tmp_path / "a.xlsx"
    there.write_text("a")
    with pytest.raises(FileNotFoundError, match=r"b\.xlsx"):
        inbox.submit([there, tmp_path / "b.xlsx"])
    assert inbox.listing() == []


@pytest.mark.parametrize("name", [".月报.xlsx.part", "~$月报.xlsx"], ids=["half copied", "lock file of the editor"])
def test_files_that_are_no_submission_are_passed_over(home: Path, name: str) -> None:
    folder = home / "inbox"
    folder.mkdir(parents=True)
    (folder / name).write_text("")
    (folder / "月报.xlsx").write_text("")
    assert [file.path.name for file in inbox.listing()] == ["月报.xlsx"]

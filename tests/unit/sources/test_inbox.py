"""The inbox takes copies, whole, and keeps files of the same name apart."""

import os
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


def test_a_file_counts_as_filed_now_unless_its_time_is_kept(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "月报.xlsx"
    file.write_text("a")
    os.utime(file, ns=(1_712_000_000_000_000_007,) * 2)
    (placed,) = inbox.submit([file])
    assert inbox.look_at(placed).modified_ns > 1_712_000_000_000_000_007
    assert inbox.submit([file], keep_times=True) == [placed]
    assert inbox.look_at(placed).modified_ns == 1_712_000_000_000_000_007


def test_a_name_may_be_as_long_as_names_can_be(home: Path, tmp_path: Path) -> None:
    file = tmp_path / f"{'报' * 83}.xlsx"
    file.write_text("a")
    (placed,) = inbox.submit([file])
    assert [listed.path for listed in inbox.listing()] == [placed]
    assert list(placed.parent.iterdir()) == [placed]


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


def test_what_is_no_file_or_leads_nowhere_is_named_and_passed_over(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = home / "inbox" / "陇西 三月"
    folder.mkdir(parents=True)
    (folder / "月报.xlsx").write_text("")
    (folder / "断链.xlsx").symlink_to(folder / "没有.xlsx")
    os.mkfifo(folder / "管道.xlsx")
    partial = folder / ".~tmp~"
    partial.mkdir()
    (partial / "传输中.xlsx").write_text("")
    assert [file.source_uri for file in inbox.listing()] == ["陇西 三月/月报.xlsx"]
    assert "陇西 三月/断链.xlsx is passed over: No such file" in caplog.text
    assert "陇西 三月/管道.xlsx is passed over: it is no file" in caplog.text


def test_a_link_that_leads_out_of_the_inbox_is_passed_over(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = home / "inbox"
    folder.mkdir(parents=True)
    (tmp_path / "secret").write_text("s3cret")
    (folder / "月报.xlsx").write_text("")
    (folder / "again.xlsx").symlink_to(folder / "月报.xlsx")
    (folder / "out.xlsx").symlink_to(tmp_path / "secret")
    assert [file.source_uri for file in inbox.listing()] == ["again.xlsx", "月报.xlsx"]
    assert "out.xlsx is passed over: it leads out of the inbox" in caplog.text


@pytest.mark.parametrize(
    ("raw", "uri", "name"),
    [
        pytest.param("月报 85%.xlsx".encode(), "月报 85%.xlsx", "月报 85%.xlsx", id="UTF-8"),
        pytest.param("月报.xlsx".encode("gb18030"), r"\xd4±\xa8.xlsx", "月报.xlsx", id="GB18030"),
        pytest.param(b"\xff.xlsx", r"\xff.xlsx", r"\xff.xlsx", id="neither"),
        pytest.param(rb"\xd4.xlsx", r"\xd4.xlsx", r"\xd4.xlsx", id="a backslash of its own"),
    ],
)
def test_a_name_in_any_encoding_has_an_address_that_leads_back(home: Path, raw: bytes, uri: str, name: str) -> None:
    folder = home / "inbox"
    folder.mkdir(parents=True)
    path = folder / os.fsdecode(raw)
    path.write_text("")
    (file,) = inbox.listing()
    assert (file.source_uri, file.name) == (uri, name)
    assert inbox.path_of(file.source_uri) == path

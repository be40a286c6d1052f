"""Landing keeps what it is given, once, whole."""

import hashlib
import os
from pathlib import Path

import pytest

from taizhang.landing import land, landed_path
from taizhang.settings import settings


def test_content_is_kept_under_its_hash(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "月报.xlsx"
    source.write_bytes(b"content")
    landed = land(source)
    assert landed.sha256 == hashlib.sha256(b"content").hexdigest()
    assert landed.path == landed_path(landed.sha256)
    assert landed.path.read_bytes() == b"content"
    assert landed.byte_size == 7


def test_kept_file_is_not_writable(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"x")
    assert land(source).path.stat().st_mode & 0o222 == 0


def test_same_content_is_kept_once_and_untouched(home: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    first.write_bytes(b"same")
    second.write_bytes(b"same")
    inode = land(first).path.stat().st_ino
    assert land(second).path.stat().st_ino == inode
    assert [path for path in (home / "landing").rglob("*") if path.is_file()] == [land(first).path]


def test_a_copy_that_fails_leaves_nothing(home: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        land(tmp_path / "not there.xlsx")
    assert [path for path in (home / "landing").rglob("*") if path.is_file()] == []


def test_the_way_to_the_file_outlives_a_power_cut(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(os.fstat(descriptor).st_ino), sync(descriptor)))
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"content")
    path = land(source).path
    assert synced == [entry.stat().st_ino for entry in (path, path.parent, home / "landing")]


def test_a_pipe_is_not_waited_for(home: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is no file"):
        land(tmp_path / "pipe")
    assert [path for path in settings().landing_dir.rglob("*") if path.is_file()] == []

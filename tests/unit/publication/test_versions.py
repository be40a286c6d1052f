"""Which code and seeds a publication was made with."""

import shutil
from pathlib import Path

import pytest

from taizhang import __version__
from taizhang.evidence.hashing import canonical_json
from taizhang.publication import marts_build, versions


def test_the_version_stands_alone_where_there_is_no_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(versions, "PROJECT_ROOT", tmp_path)
    assert versions.code_version() == __version__
    (tmp_path / ".git").write_text("no repository")
    assert versions.code_version() == __version__


def test_the_version_stands_alone_where_there_is_no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert versions.code_version() == __version__


def test_any_byte_of_the_seeds_changes_their_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(marts_build.DBT_PROJECT / "seeds", tmp_path / "seeds")
    assert (tmp_path / "seeds" / "region.csv").exists()
    before = marts_build.seed_version()
    monkeypatch.setattr(marts_build, "DBT_PROJECT", tmp_path)
    assert marts_build.seed_version() == before
    with (tmp_path / "seeds" / "project_list.csv").open("a") as handle:
        handle.write("\n")
    assert marts_build.seed_version() != before


def test_a_certificate_is_written_in_one_way_only() -> None:
    assert canonical_json({"b": [1, None], "a": {"月": "3.10"}}) == '{"a":{"月":"3.10"},"b":[1,null]}'.encode()
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})

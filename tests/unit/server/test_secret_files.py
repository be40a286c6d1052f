"""Secrets are made once, whole, and for their owner only."""

from pathlib import Path

from taizhang.server import secret_files


def test_the_first_secret_stays(tmp_path: Path) -> None:
    path = tmp_path / "below" / "secret"
    assert secret_files.kept(path, lambda: "first") == "first"
    assert secret_files.kept(path, lambda: "second") == "first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_whoever_comes_second_takes_the_secret_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    def overtaken() -> str:
        path.write_text("theirs")
        return "ours"

    assert secret_files.kept(path, overtaken) == "theirs"
    assert list(tmp_path.iterdir()) == [path]

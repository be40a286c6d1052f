"""A disk of its own below a home, that can be full or read-only."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path

import pytest

ROOM = "64m"


@dataclass(frozen=True)
class Disk:
    """A small disk that is mounted in the place of a folder, with what lay there."""

    folder: Path

    def fill(self) -> None:
        """Leave no byte free."""
        with (self.folder / ".filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
            _write_without_end(filler)

    def make_room(self) -> None:
        """Take away what filled it."""
        (self.folder / ".filler").unlink()

    def let_write(self, allowed: bool) -> None:
        """Let it be written on, or not."""
        _run("mount", "-o", f"remount,{'rw' if allowed else 'ro'}", str(self.folder))


def _write_without_end(file: RawIOBase) -> None:
    while True:
        file.write(bytes(1 << 12))


@contextmanager
def disk_at(folder: Path) -> Iterator[Disk]:
    """Mount a small disk at the folder; skips the test where that is not allowed."""
    folder.mkdir(exist_ok=True)
    aside = folder.with_name(f"{folder.name}.aside")
    shutil.copytree(folder, aside)
    if _run("mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)):
        pytest.skip("only root may mount a disk")
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield Disk(folder)
    finally:
        _run("umount", "-l", str(folder))


def _run(*command: str) -> int:
    return subprocess.run(command, check=False, capture_output=True).returncode

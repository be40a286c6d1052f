"""Landing: every file ever received is kept, unchanged, under the sha256 of its content."""

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from taizhang.settings import settings


@dataclass(frozen=True)
class LandedFile:
    """A file in the landing store."""

    sha256: str
    byte_size: int
    path: Path


def landed_path(sha256: str) -> Path:
    """Where the content with this hash is kept (whether or not it is there)."""
    return settings().landing_dir / sha256[:2] / sha256


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's content, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def land(source: Path) -> LandedFile:
    """Keep a copy of the file under its hash; does nothing when the content is there already.

    The copy is hashed, not the source, so that what is kept is what the hash says even if the source changes meanwhile.
    The rename is atomic and file and folders are synced: a landed file is whole, also after a power cut.
    """
    landing = settings().landing_dir
    landing.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=landing, prefix=".landing-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as writer, _opened(source) as reader:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())
        sha256 = file_sha256(temporary)
        target = landed_path(sha256)
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            temporary.chmod(0o444)
            temporary.rename(target)
            for folder in (target.parent, landing):
                _sync_folder(folder)
    finally:
        temporary.unlink(missing_ok=True)
    return LandedFile(sha256, target.stat().st_size, target)


def _opened(source: Path) -> BinaryIO:
    """Open a file; OSError for a pipe or device that stands there by now, on which reading would wait for ever."""
    reader = os.fdopen(os.open(source, os.O_RDONLY | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(reader.fileno()).st_mode):
        reader.close()
        raise OSError(errno.EINVAL, "it is no file", str(source))
    return reader


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
